package io.twintrace.sample;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.room.Room;
import io.twintrace.websocket.room.RoomOptions;

/** Sends every message to every connection. The listener version of {@link BroadcastHandler}. */
public final class BroadcastListener implements WebSocketListener {
    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        room().join(connection); // and it leaves when it ends
    }

    @Override
    public void onMessage(WebSocketConnection connection, MessageView message) {
        room().broadcast(PreparedMessage.of(message));
    }

    private static Room room() {
        return SampleRooms.room("broadcast-push", RoomOptions.defaults());
    }
}
