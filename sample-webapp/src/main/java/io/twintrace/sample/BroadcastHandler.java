package io.twintrace.sample;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.room.Member;
import io.twintrace.websocket.room.RoomOptions;

/** Sends every message to every connection, including the sender. Closes a peer that reads too slowly. */
public final class BroadcastHandler implements WebSocketHandler {
    @Override
    public void handle(BlockingConnection connection) throws Exception {
        try (Member member =
                SampleRooms.room("broadcast", RoomOptions.defaults()).join(connection)) {
            for (Message message; (message = connection.readMessage()) != null; ) {
                member.broadcast(PreparedMessage.of(message.type(), message.payload()));
            }
        }
    }
}
