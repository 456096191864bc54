package io.twintrace.sample.it;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.time.Duration;

/** Answers each message with the round trip in nanoseconds, or 0. Goes into a WAR. */
public final class RoundTripHandler implements WebSocketHandler {
    @Override
    public void handle(BlockingConnection connection) throws Exception {
        while (connection.readMessage() != null) {
            connection.writeMessage(
                    "" + connection.roundTrip().orElse(Duration.ZERO).toNanos());
        }
    }
}
