package io.twintrace.gallery.server;

import io.twintrace.gallery.jakarta.GalleryEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Serves the gallery on Jetty. */
public final class JettyMain {
    private JettyMain() {}

    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(Listening.HOST);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        JakartaWebSocketServletContainerInitializer.configure(context, (servletContext, container) -> {
            for (ServerEndpointConfig config : GalleryEndpoint.configs()) {
                container.addEndpoint(config);
            }
        });
        server.setHandler(context);
        server.start();
        Listening.on(connector.getLocalPort());
    }
}
