package io.twintrace.sample.cluster;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.room.JoinOptions;
import io.twintrace.websocket.room.Member;
import io.twintrace.websocket.room.MessageId;
import io.twintrace.websocket.room.Room;
import io.twintrace.websocket.room.RoomMessage;
import io.twintrace.websocket.room.RoomOptions;
import io.twintrace.websocket.room.Rooms;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * The resuming room of docs/rooms.md, for handlers and for listeners. A member that sends {@link #SYNC} gets it back by
 * way of Redis, behind everything that was in the room before.
 */
final class NewsRoom {
    static final String SYNC = "sync";
    static final String GAP = "gap";

    private static final String MEMBER = "member";

    private NewsRoom() {}

    /** Opens the room, whose history is at least as long as a test. */
    static Room open(Rooms rooms, int history) {
        return rooms.room(
                "news",
                RoomOptions.defaults().withHistory(history, Integer.MAX_VALUE).withFormat(NewsRoom::withId));
    }

    private static PreparedMessage withId(RoomMessage message) {
        String id = message.id().map(MessageId::toString).orElse("");
        return PreparedMessage.text(
                id + " " + StandardCharsets.UTF_8.decode(message.content().payload()));
    }

    private static Member join(Room room, WebSocketConnection connection) {
        String seen = connection.request().query();
        return room.join(
                connection,
                seen == null
                        ? JoinOptions.defaults()
                        : JoinOptions.defaults()
                                .withAfter(MessageId.parse(seen))
                                .withGapNotice(PreparedMessage.text(GAP)));
    }

    /** Returns false if the room does not take the message. */
    private static boolean take(Room room, Member member, String text) {
        return text.equals(SYNC) ? room.send(member.id(), PreparedMessage.text(SYNC)) : member.broadcast(text);
    }

    /**
     * Serves members by handlers.
     *
     * @param room asked for after the application has started
     */
    static WebSocketHandler handler(Supplier<Room> room) {
        return connection -> serve(room.get(), connection);
    }

    private static void serve(Room room, BlockingConnection connection) throws Exception {
        try (Member member = join(room, connection)) {
            for (Message message; (message = connection.readMessage()) != null; ) {
                if (!take(room, member, message.text())) {
                    connection.beginClose(CloseCode.TRY_AGAIN_LATER, "the room is busy");
                    return; // a later message must not overtake this one
                }
            }
        }
    }

    /**
     * Serves members by one listener.
     *
     * @param room asked for after the application has started
     */
    static WebSocketListener listener(Supplier<Room> room) {
        return new WebSocketListener() {
            @Override
            public boolean isNonBlocking() {
                return true;
            }

            @Override
            public void onOpen(WebSocketConnection connection) {
                connection.attributes().put(MEMBER, join(room.get(), connection));
            }

            @Override
            public void onText(WebSocketConnection connection, String text) {
                Member member = (Member) connection.attributes().get(MEMBER);
                if (!take(room.get(), member, text)) {
                    member.close(); // a later message must not overtake this one
                    connection.beginClose(CloseCode.TRY_AGAIN_LATER, "the room is busy");
                }
            }
        };
    }
}
