package io.twintrace.gallery.server;

import io.twintrace.gallery.jetty.BehaviourListener;
import io.twintrace.gallery.jetty.GalleryListener;
import io.twintrace.gallery.jetty.Mistakes;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** Serves the gallery with Jetty's own API. */
public final class JettyNativeMain {
    private JettyNativeMain() {}

    public static void main(String[] args) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setHost(Listening.HOST);
        server.addConnector(connector);
        server.setHandler(WebSocketUpgradeHandler.from(server, JettyNativeMain::configure));
        server.start();
        Listening.on(connector.getLocalPort());
    }

    private static void configure(ServerWebSocketContainer container) {
        Mistakes.gallery()
                .applications()
                .forEach((path, application) ->
                        container.addMapping(path, (request, response, callback) -> new GalleryListener(application)));
        container.addMapping("/behaviour", (request, response, callback) -> new BehaviourListener());
    }
}
