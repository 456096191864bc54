package io.twintrace.gallery.jakarta;

import io.twintrace.gallery.Application;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One class for all mistakes and their fixes. */
public final class GalleryEndpoint extends Endpoint {
    private static final Map<String, Application<Session>> APPLICATIONS =
            new HashMap<>(Mistakes.gallery().applications());

    static {
        APPLICATIONS.putAll(Mistakes.asynchronous().applications());
        APPLICATIONS.putAll(Mistakes.pings().applications());
    }

    private Application<Session> application;

    /** Returns how to register it, and the behaviour's endpoint, in any container. */
    public static List<ServerEndpointConfig> configs() {
        return List.of(
                config(GalleryEndpoint.class, "/mistakes/{name}"),
                config(GalleryEndpoint.class, "/repaired/{name}"),
                config(BehaviourEndpoint.class, "/behaviour"));
    }

    private static ServerEndpointConfig config(Class<?> endpoint, String path) {
        return ServerEndpointConfig.Builder.create(endpoint, path)
                .encoders(List.of(Price.AsText.class))
                .build();
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        application = APPLICATIONS.get(session.getRequestURI().getPath());
        session.addMessageHandler(String.class, message -> application.start(session));
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        application.stop();
    }

    @Override
    public void onError(Session session, Throwable failure) {
        // Such as a client that has left. Applications would log it.
    }
}
