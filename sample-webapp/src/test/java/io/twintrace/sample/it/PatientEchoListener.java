package io.twintrace.sample.it;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.io.IOException;

/** The sample's listener, but one that may block, which is the default. */
final class PatientEchoListener implements WebSocketListener {
    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
        connection.writeMessage(message);
    }
}
