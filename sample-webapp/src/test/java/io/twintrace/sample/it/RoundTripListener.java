package io.twintrace.sample.it;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.io.IOException;
import java.time.Duration;

/** Answers each message with the round trip in nanoseconds, or 0. Goes into a WAR. */
public final class RoundTripListener implements WebSocketListener {
    @Override
    public void onText(WebSocketConnection connection, String text) throws IOException {
        connection.writeMessage(
                "" + connection.roundTrip().orElse(Duration.ZERO).toNanos());
    }
}
