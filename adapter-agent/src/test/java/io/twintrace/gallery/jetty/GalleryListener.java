package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Application;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;

/** A listener for one path. */
public final class GalleryListener implements Session.Listener.AutoDemanding {
    private final Application<Session> application;
    private volatile Session session;

    public GalleryListener(Application<Session> application) {
        this.application = application;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
    }

    @Override
    public void onWebSocketText(String message) {
        application.start(session);
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
        application.stop();
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable failure) {
        application.stop();
    }
}
