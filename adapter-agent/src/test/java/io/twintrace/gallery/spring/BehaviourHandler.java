package io.twintrace.gallery.spring;

import io.twintrace.gallery.Behaviour;
import java.util.Map;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** Runs the script when a message comes. */
public final class BehaviourHandler extends TextWebSocketHandler {
    private static final byte[] BYTES = {1, 2, 3};
    private static final int MORE_THAN_A_BUFFER = 20_000;

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        Behaviour script = new Behaviour(session.getId());
        send(script, session, "text", new TextMessage("text"));
        send(script, session, "long text", new TextMessage("x".repeat(MORE_THAN_A_BUFFER)));
        send(script, session, "binary", new BinaryMessage(BYTES));
        send(script, session, "first part", new TextMessage("first, ", false));
        send(script, session, "binary between", new BinaryMessage(BYTES, false));
        send(script, session, "last part", new TextMessage("last", true));
        send(script, session, "first data", new BinaryMessage(BYTES, false));
        send(script, session, "last data", new BinaryMessage(BYTES, true));
        send(script, session, "ping", new PingMessage());
        send(script, session, "pong", new PongMessage());
        WebSocketSession decorated = Shares.decorated(session);
        send(script, decorated, "decorated", new TextMessage("decorated"));
        script.call("attributes", () -> session.getAttributes().putAll(Map.of("a", "b")));
        script.call("close", session::close);
        send(script, session, "after close", new TextMessage("too late"));
        script.end();
    }

    private static void send(Behaviour script, WebSocketSession session, String name, WebSocketMessage<?> message) {
        script.call(name, () -> session.sendMessage(message));
    }
}
