package io.twintrace.sample.it;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Works for some seconds after the first message, and then logs what its peer has sent meanwhile. */
public final class LeavingHandler implements WebSocketHandler {
    static final int SECONDS = 11;

    private static final System.Logger LOGGER = System.getLogger("leaving");

    @Override
    public void handle(BlockingConnection connection) throws Exception {
        connection.readMessage();
        TimeUnit.SECONDS.sleep(SECONDS); // the work
        StringBuilder read = new StringBuilder();
        try {
            for (Message message; (message = connection.readMessage()) != null; ) {
                read.append(' ').append(message.text());
            }
        } catch (IOException e) {
            read.append(", then the end");
        }
        LOGGER.log(System.Logger.Level.WARNING, "Before its peer left:{0}", read);
    }
}
