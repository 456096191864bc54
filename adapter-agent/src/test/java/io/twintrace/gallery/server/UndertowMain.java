package io.twintrace.gallery.server;

import io.twintrace.gallery.jakarta.GalleryEndpoint;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import java.net.InetSocketAddress;

/** Serves the gallery on Undertow. */
public final class UndertowMain {
    private UndertowMain() {}

    public static void main(String[] args) throws Exception {
        // As in WildFly. On I/O threads no application may block.
        WebSocketDeploymentInfo webSockets = new WebSocketDeploymentInfo().setDispatchToWorkerThread(true);
        GalleryEndpoint.configs().forEach(webSockets::addEndpoint);
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(UndertowMain.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("gallery")
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
