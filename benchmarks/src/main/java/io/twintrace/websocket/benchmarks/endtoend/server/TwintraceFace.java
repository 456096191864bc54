package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.room.Member;
import io.twintrace.websocket.room.Room;
import io.twintrace.websocket.room.Rooms;
import io.twintrace.websocket.servlet.UpgradeServlet;
import java.time.Duration;

/** The face of the library that serves the application. */
enum TwintraceFace {
    /** A listener, called by the thread that has found the input. */
    PUSH {
        @Override
        UpgradeServlet echo(WebSocketOptions options) {
            return new UpgradeServlet(new EchoListener(), options);
        }

        @Override
        UpgradeServlet broadcast(WebSocketOptions options) {
            return new UpgradeServlet(new BroadcastListener(Rooms.inMemory().room("all")), options);
        }
    },
    /** A handler that reads and writes on a thread of its own, virtual if the JDK has such threads. */
    BLOCKING {
        @Override
        UpgradeServlet echo(WebSocketOptions options) {
            return new UpgradeServlet(TwintraceFace::echoAll, options);
        }

        @Override
        UpgradeServlet broadcast(WebSocketOptions options) {
            Room room = Rooms.inMemory().room("all");
            return new UpgradeServlet(each -> broadcastAll(each, room), options);
        }
    };

    abstract UpgradeServlet echo(WebSocketOptions options);

    abstract UpgradeServlet broadcast(WebSocketOptions options);

    /** What a peer that does not read costs, and how long it has to take its close frame, can be set in the server's JVM. */
    static WebSocketOptions options(int messageLimit) {
        OutboxOptions outbox = OutboxOptions.defaults();
        return WebSocketOptions.builder()
                .closeTimeout(Duration.ofSeconds(Integer.getInteger("close-timeout", 5)))
                .readLimit(messageLimit)
                .idleTimeout(Duration.ofMinutes(TestServer.IDLE_MINUTES))
                .outbox(outbox.withMaxBytes(Math.max(outbox.maxBytes(), 4 * messageLimit))
                        .withMaxMessages(Integer.getInteger("outbox-messages", outbox.maxMessages())))
                .deflate(DeflateOptions.on())
                .build();
    }

    private static void echoAll(BlockingConnection connection) throws Exception {
        for (Message message; (message = connection.readMessage()) != null; ) {
            connection.writeMessage(message.type(), message.payload());
        }
    }

    private static void broadcastAll(BlockingConnection connection, Room room) throws Exception {
        try (Member member = room.join(connection)) {
            for (Message message; (message = connection.readMessage()) != null; ) {
                member.broadcast(PreparedMessage.of(message.type(), message.payload()));
            }
        }
    }
}
