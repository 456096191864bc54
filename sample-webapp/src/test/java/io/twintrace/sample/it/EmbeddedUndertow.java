package io.twintrace.sample.it;

import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.RawClient;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;

/** Undertow in this process, with one I/O thread for all connections. WildFly's servlets run on the same code. */
final class EmbeddedUndertow implements AutoCloseable {
    private final Undertow server;
    private final DeploymentManager deployment;

    /** @param servlets the servlets by their paths */
    EmbeddedUndertow(Map<String, UpgradeServlet> servlets) throws ServletException {
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(EmbeddedUndertow.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("test");
        servlets.forEach((path, servlet) ->
                info.addServlet(Servlets.servlet(path, UpgradeServlet.class, new ImmediateInstanceFactory<>(servlet))
                        .addMapping(path)
                        .setLoadOnStartup(1)));
        deployment = Servlets.defaultContainer().addDeployment(info);
        deployment.deploy();
        server = Undertow.builder()
                .setIoThreads(1)
                .addHttpListener(0, "localhost", deployment.start())
                .build();
        server.start();
    }

    RawClient open(String path) throws IOException {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        return RawClient.open(address.getPort(), path);
    }

    /** Stops the servlets, which waits for their handlers. */
    void undeploy() throws ServletException {
        deployment.stop();
        deployment.undeploy();
    }

    @Override
    public void close() {
        server.stop();
    }
}
