package io.twintrace.gallery.server;

import io.twintrace.gallery.jakarta.GalleryEndpoint;
import jakarta.websocket.Endpoint;
import jakarta.websocket.server.ServerApplicationConfig;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.Map;
import java.util.Set;
import org.glassfish.tyrus.server.Server;

/** Serves the gallery on Tyrus, the engine of GlassFish, Payara and WebLogic, with its own server. */
public final class TyrusMain {
    private TyrusMain() {}

    public static void main(String[] args) throws Exception {
        Server server = new Server(Listening.HOST, 0, "/", Map.of(), Set.of(Endpoints.class));
        server.start();
        Listening.on(server.getPort());
    }

    /** Tyrus finds it among the classes. */
    public static final class Endpoints implements ServerApplicationConfig {
        @Override
        public Set<ServerEndpointConfig> getEndpointConfigs(Set<Class<? extends Endpoint>> found) {
            return Set.copyOf(GalleryEndpoint.configs());
        }

        @Override
        public Set<Class<?>> getAnnotatedEndpointClasses(Set<Class<?>> found) {
            return Set.of();
        }
    }
}
