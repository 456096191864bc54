package io.twintrace.sample.it;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Echoes, but is busy for a long time with a text message, as a listener that may block. Goes into a WAR. */
public final class BusyListener implements WebSocketListener {
    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
        if (message.type() == MessageType.TEXT) {
            try {
                TimeUnit.SECONDS.sleep(BusyHandler.SECONDS); // the work
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } else {
            connection.writeMessage(message);
        }
    }
}
