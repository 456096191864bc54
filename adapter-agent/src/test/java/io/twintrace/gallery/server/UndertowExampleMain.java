package io.twintrace.gallery.server;

import io.undertow.Undertow;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** Serves the chat of the jar {@code -Dundertow.examples} in the way of its own program, but on any port. */
public final class UndertowExampleMain {
    private static final String CHAT = "io.undertow.examples.jsrwebsockets.JsrChatWebSocketEndpoint";
    private static final int BUFFER_BYTES = 100;

    private UndertowExampleMain() {}

    public static void main(String[] args) throws Exception {
        // The jar also has an old Undertow, of which nothing is used.
        URL examples = Path.of(System.getProperty("undertow.examples")).toUri().toURL();
        ClassLoader loader = new URLClassLoader(new URL[] {examples}, UndertowExampleMain.class.getClassLoader());
        WebSocketDeploymentInfo webSockets = new WebSocketDeploymentInfo()
                .setBuffers(new DefaultByteBufferPool(true, BUFFER_BYTES))
                .addEndpoint(loader.loadClass(CHAT));
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(loader)
                .setContextPath("/")
                .setDeploymentName("chat.war")
                .addServletContextAttribute(WebSocketDeploymentInfo.ATTRIBUTE_NAME, webSockets);
        DeploymentManager deployment = Servlets.defaultContainer().addDeployment(info);
        deployment.deploy();
        Undertow server = Undertow.builder()
                .addHttpListener(0, Listening.HOST)
                .setHandler(deployment.start())
                .build();
        server.start();
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        Listening.on(address.getPort());
    }
}
