package com.example;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.io.IOException;

/** Numbers its messages, and is slow at that, although it says that it never blocks. */
public class Numbering implements WebSocketListener {
    private static final long SLOW_MILLIS = 600;

    private int number;

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onText(WebSocketConnection connection, String text) throws IOException {
        try {
            number++;
            Thread.sleep(SLOW_MILLIS); // in place of a slow service
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        connection.writeMessage(number + " " + text);
    }
}
