package io.twintrace.gallery.spring;

import io.twintrace.gallery.Application;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** A raw handler for one path. */
public final class GalleryHandler extends TextWebSocketHandler {
    private final Application<WebSocketSession> application;

    public GalleryHandler(Application<WebSocketSession> application) {
        this.application = application;
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        application.start(session);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        application.stop();
    }
}
