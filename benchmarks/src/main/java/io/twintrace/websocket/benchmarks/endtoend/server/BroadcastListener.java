package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.room.Room;

/** Sends every message to all members of a room, its sender included. */
final class BroadcastListener implements WebSocketListener {
    private final Room room;

    BroadcastListener(Room room) {
        this.room = room;
    }

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        room.join(connection);
    }

    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) {
        room.broadcast(PreparedMessage.of(message));
    }
}
