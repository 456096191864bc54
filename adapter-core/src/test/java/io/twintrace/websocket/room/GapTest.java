package io.twintrace.websocket.room;

import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who comes back learns of messages that this node has not kept. */
class GapTest {
    /** Is driven by the test. */
    private static final class Driven extends SingleNode {
        private Receiver receiver;

        @Override
        public Channel open(String room, int history, Receiver opened) {
            receiver = opened;
            receiver.history(MessageId.NONE, List.of());
            return new InMemoryBackplane().open(room, history, new Ignoring());
        }

        void message(int id, String text) {
            receiver.message(content(text).at(new MessageId(1, id)));
            receiver.deliver();
        }

        /** A message whose place on the other nodes is not known yet. */
        void local(String text) {
            receiver.message(content(text));
            receiver.deliver();
        }

        void placed(int id) {
            receiver.placed(new MessageId(1, id));
            receiver.deliver();
        }

        void lost() {
            receiver.lost(1);
            receiver.deliver();
        }

        private static RoomMessage content(String text) {
            return new RoomMessage(
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    true,
                    Optional.empty(),
                    PreparedMessage.text(text));
        }
    }

    private final Driven backplane = new Driven();
    private final Rooms rooms = Rooms.over(backplane);
    private final Room room = rooms.room("chat", RoomOptions.defaults().withHistory(3, 1000));
    private final TestPeer peer = TestPeer.connect(TestPeer.quick().build());

    @BeforeEach
    void begin() {
        backplane.message(1, "one");
        backplane.message(2, "two");
    }

    @AfterEach
    void close() throws Exception {
        rooms.close();
        peer.close();
    }

    /** Joins after a message, and leaves. */
    private void resume(int after, String... expected) throws Exception {
        JoinOptions how = JoinOptions.defaults()
                .withAfter(new MessageId(1, after))
                .withGapNotice(PreparedMessage.text("some are missing"));
        try (Member member = room.join(peer.connection(), how)) {
            assertTrue(member.send("end"));
        }
        for (String text : expected) {
            peer.expectFrame(FIN | TEXT, Frames.utf8(text));
        }
        peer.expectFrame(FIN | TEXT, Frames.utf8("end"));
    }

    @Test
    void whileMessagesHaveNoPlaceEveryoneIsTold() throws Exception {
        resume(1, "two");
        backplane.local("without an id");
        resume(1, "some are missing", "two");
        resume(2, "some are missing");
        backplane.message(3, "three"); // of another node, and seen there
        resume(3, "some are missing");
    }

    @Test
    void onceTheyHaveOnlyWhoHasSeenNothingLaterIsTold() throws Exception {
        backplane.local("without an id");
        backplane.message(3, "three");
        backplane.placed(4);
        backplane.message(5, "five");
        resume(3, "some are missing", "five");
        resume(4, "five");
        resume(5);
        backplane.message(6, "six"); // and "one" is forgotten, which is earlier than the gap
        backplane.message(7, "seven");
        resume(3, "some are missing", "five", "six", "seven");
        resume(4, "five", "six", "seven");
    }

    @Test
    void whatWasLostOnTheWayIsAGapAsWell() throws Exception {
        backplane.lost();
        resume(2, "some are missing");
        backplane.message(4, "four");
        resume(2, "some are missing", "four");
        resume(3, "some are missing", "four"); // as seen on another node
        resume(4);
    }

    /** What goes to this node's members only is nobody's loss. */
    @Test
    void whatTheApplicationSendsHereOnlyIsNoGap() throws Exception {
        room.broadcastHere(PreparedMessage.text("here"));
        resume(1, "two");
    }
}
