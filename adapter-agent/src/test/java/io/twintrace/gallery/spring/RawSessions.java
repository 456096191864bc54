package io.twintrace.gallery.spring;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;

/** Remembers the sessions as they were before the broker decorated them, and writes to one on request: a mistake. */
public final class RawSessions implements WebSocketHandlerDecoratorFactory {
    private final Map<String, WebSocketSession> sessions = new ConcurrentHashMap<>();

    @Override
    public WebSocketHandler decorate(WebSocketHandler handler) {
        return new WebSocketHandlerDecorator(handler) {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) throws Exception {
                sessions.put(session.getId(), session);
                super.afterConnectionEstablished(session);
            }

            @Override
            public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
                sessions.remove(session.getId());
                super.afterConnectionClosed(session, status);
            }
        };
    }

    /** Starts a thread that writes heartbeats of its own, until the session is closed. */
    public void writeTo(String id) {
        WebSocketSession session = sessions.get(id);
        Thread thread = new Thread(() -> beat(session), "raw-writer");
        thread.setDaemon(true);
        thread.start();
    }

    private static void beat(WebSocketSession session) {
        while (session.isOpen()) {
            pushBeat(session);
        }
    }

    private static void pushBeat(WebSocketSession session) {
        try {
            session.sendMessage(new TextMessage("\n"));
        } catch (IOException | RuntimeException e) {
            // The container refuses it while the broker writes. The next one may succeed.
            Thread.onSpinWait();
        }
    }
}
