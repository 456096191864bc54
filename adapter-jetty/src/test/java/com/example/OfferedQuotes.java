package com.example;

import io.twintrace.websocket.WebSocketConnection;

/** The same, with an outbox for the beat, and the answer past it. */
public final class OfferedQuotes extends Quotes {
    @Override
    protected void beat(WebSocketConnection connection) {
        connection.outbox().offer("beat");
    }
}
