package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.util.ArrayList;
import java.util.List;

/** Sends every message back, and records its calls in the terms of {@link ExpectedConversation}. */
final class EchoingListener implements WebSocketListener {
    private final List<Message> messages = new ArrayList<>();
    private String end = "null";
    private int closes;

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
        byte[] payload = new byte[message.length()];
        message.payload().get(payload);
        messages.add(new Message(message.type(), payload));
        connection.writeMessage(message);
    }

    @Override
    public void onError(WebSocketConnection connection, Throwable error) {
        if (error instanceof CloseException e) {
            end = "CloseException " + e.code();
        } else if (error instanceof ProtocolException e) {
            end = "ProtocolException " + e.closeCode();
        } else {
            end = error.toString();
        }
    }

    @Override
    public void onClose(WebSocketConnection connection, CloseStatus status) {
        closes++;
    }

    List<Message> messages() {
        return messages;
    }

    /** "null" after an ordinary end, else the exception and its code. */
    String end() {
        return end;
    }

    /** How often the listener learned that nothing more will come. */
    int closes() {
        return closes;
    }
}
