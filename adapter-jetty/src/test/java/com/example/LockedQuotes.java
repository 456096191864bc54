package com.example;

import io.twintrace.websocket.WebSocketConnection;
import java.io.IOException;

/** The same, with a lock around the answer, and none around the beat. */
public final class LockedQuotes extends Quotes {
    @Override
    protected void answer(WebSocketConnection connection, String symbol) throws IOException {
        connection.writeLock().lock();
        try {
            super.answer(connection, symbol);
        } finally {
            connection.writeLock().unlock();
        }
    }
}
