package io.twintrace.sample.it;

import io.twintrace.sample.EchoHandler;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.util.concurrent.TimeUnit;

/** Is busy for a long time once the first message has come, and then echoes. Goes into a WAR. */
public final class BusyHandler implements WebSocketHandler {
    static final int SECONDS = 20;

    @Override
    public void handle(BlockingConnection connection) throws Exception {
        if (connection.readMessage() != null) {
            TimeUnit.SECONDS.sleep(SECONDS); // the work
            new EchoHandler().handle(connection);
        }
    }
}
