package io.twintrace.sample;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.io.IOException;

/** Sends every message back. The listener version of {@link EchoHandler}. */
public final class EchoListener implements WebSocketListener {
    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
        connection.writeMessage(message);
    }
}
