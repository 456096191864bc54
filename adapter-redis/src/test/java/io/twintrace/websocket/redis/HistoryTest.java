package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.CutLink;
import io.twintrace.websocket.redis.fixture.Eventually;
import io.twintrace.websocket.redis.fixture.Messages;
import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.redis.fixture.SlowRecorder;
import io.twintrace.websocket.room.Backplane.Channel;
import io.twintrace.websocket.room.MessageId;
import io.twintrace.websocket.room.Presence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/** The past of a room, and what is missing of it. */
class HistoryTest {
    /** The read timeout is so long that no slow answer disconnects. */
    private static final RedisOptions OPTIONS = RedisOptions.defaults()
            .withStreamLength(200)
            .withReadTimeout(Duration.ofSeconds(20))
            .withMaxBackoff(Duration.ofMillis(200));

    private final RedisServer redis = RedisServer.start();
    private final CutLink link = new CutLink(redis);
    private final RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS);
    private final Recorder first = new Recorder();
    private final Recorder second = new Recorder();
    private Channel channel;

    @BeforeEach
    void open() {
        channel = one.open("room", 0, first);
    }

    @AfterEach
    void stop() throws Exception {
        one.close();
        link.close();
        redis.close();
    }

    private void publish(int from, int to) {
        IntStream.range(from, to).forEach(i -> assertTrue(channel.publish(Messages.text("m" + i))));
        first.awaitMessages(to);
    }

    private static List<String> texts(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toList();
    }

    private List<String> history() {
        second.await("history", recorder -> recorder.histories.size() == 1);
        return second.histories.get(0).stream().map(Recorder::text).toList();
    }

    @Test
    void theLastMessagesComeFirstAndNothingIsMissingBehind() {
        publish(0, 50);
        try (RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            two.open("room", 10, second);
            assertEquals(texts(40, 50), history());
            assertEquals(first.ids().get(39).orElseThrow(), second.completeAfter);
            publish(50, 60);
            second.awaitMessages(10);
            assertEquals(texts(50, 60), second.texts());
        }
    }

    @Test
    void aShortHistoryIsComplete() {
        publish(0, 5);
        try (RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            two.open("room", 10, second);
            assertEquals(texts(0, 5), history());
            assertEquals(MessageId.NONE, second.completeAfter);
        }
    }

    @Test
    void whatWasTrimmedIsNotClaimedToBeThere() {
        publish(0, 1000);
        try (RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            two.open("room", 1000, second);
            List<String> kept = history();
            assertTrue(kept.size() >= 200 && kept.size() < 400, () -> "kept " + kept.size());
            MessageId missing = first.ids().get(1000 - kept.size() - 1).orElseThrow();
            MessageId there = first.ids().get(1000 - kept.size()).orElseThrow();
            assertTrue(second.completeAfter.compareTo(missing) >= 0);
            assertTrue(second.completeAfter.compareTo(there) < 0);
        }
    }

    @Test
    void whatIsPublishedRightAfterOpeningIsNoHistory() {
        publish(0, 5);
        for (int round = 0; round < 20; round++) {
            Recorder recorder = new Recorder();
            try (RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
                two.open("another room", 0, new Recorder())
                        .publish(Messages.text("so that the connection is there, perhaps"));
                Channel opened = two.open("room", 1, recorder);
                assertTrue(opened.publish(Messages.text("own " + round)));
                recorder.awaitMessages(1);
                assertEquals(List.of("own " + round), recorder.texts());
                assertEquals(1, recorder.histories.get(0).size());
            }
        }
    }

    @Test
    void messagesThatRedisDroppedWhileTheLinkWasCutCountAsLost() {
        try (RedisBackplane two = RedisBackplane.connect(link.uri(), OPTIONS);
                RedisBackplane three = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            two.open("room", 0, second);
            history();
            publish(0, 5);
            second.awaitMessages(5);
            link.cut();
            second.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            // Nobody hears of this sender again.
            Channel silent = three.open("room", 0, new Recorder());
            IntStream.range(0, 7).forEach(i -> assertTrue(silent.publish(Messages.text("silent"))));
            first.awaitMessages(12);
            IntStream.range(5, 1005).forEach(i -> assertTrue(channel.publish(Messages.text("m" + i))));
            first.awaitMessages(1012);
            link.mend();
            second.await("the end", recorder -> recorder.lost + recorder.messages.size() >= 1012);
            assertEquals(1012, second.lost + second.texts().size());
            assertTrue(second.lost > 500);
            assertEquals("m1004", second.texts().get(second.texts().size() - 1));
        }
    }

    /** Redis drops "m1" before the slow node that has published it reads it. */
    private void loseM1(Channel own, Recorder slow, CountDownLatch goOn) {
        assertTrue(own.publish(Messages.text("m0")));
        slow.awaitMessages(1);
        assertTrue(own.publish(Messages.text("m1")));
        first.awaitMessages(2);
        redis.call(Protocol.Command.XTRIM, "twintrace:room:room", "MAXLEN", "0");
        goOn.countDown();
    }

    @Test
    void publishingGoesOnAfterALossAlthoughAMemberChangesAllTheTime() {
        CountDownLatch goOn = new CountDownLatch(1);
        Recorder slow = new SlowRecorder(goOn);
        // So short that one message at a time may be on its way.
        try (RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS.withStreamLength(8))) {
            Channel busy = two.open("room", 0, slow);
            loseM1(busy, slow, goOn);
            assertTrue(busy.publish(Messages.text("m2")));
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            for (int i = 0; first.texts().size() < 3; i++) {
                assertTrue(System.nanoTime() < deadline, "\"m2\" is not published");
                Presence next = new Presence("ann", two.node(), "value " + i);
                busy.announce(next);
                first.await(next.value(), recorder -> next.equals(recorder.present.get("ann")));
            }
            slow.awaitMessages(3);
            assertEquals(List.of("m0", "m1", "m2"), slow.texts());
            assertEquals(Optional.empty(), slow.ids().get(1));
            assertEquals(slow.ids().get(2).stream().toList(), slow.placed);
            assertEquals(0, slow.lost);
        }
    }

    /** The node has the message, and no later one of its own shows that it is missing. */
    @Test
    void aMessageThatRedisDroppedBeforeItsNodeReadItIsDeliveredToItsOwnMembers() {
        // Not so often that one is likely to be on its way.
        RedisOptions options = OPTIONS.withHeartbeat(Duration.ofSeconds(4), Duration.ofSeconds(16));
        try (RedisBackplane two = RedisBackplane.connect(link.uri(), options)) {
            Channel away = two.open("room", 0, second);
            history();
            for (int i = 0; i < 2; i++) {
                // After the second one, the first heartbeat is over.
                assertTrue(away.publish(Messages.text("before")));
                second.awaitMessages(i + 1);
            }
            link.loseReplies();
            assertTrue(away.publish(Messages.text("own")));
            first.awaitMessages(3);
            link.cut();
            second.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            // By the node whose messages are awaited: it does not publish more than it has read.
            IntStream.range(0, 1000).forEach(i -> assertTrue(channel.publish(Messages.text("m" + i))));
            first.awaitMessages(1003);
            link.mend();
            second.await("\"own\"", recorder -> recorder.texts().contains("own"));
            int last = second.texts().size() - 1;
            assertEquals("own", second.texts().get(last));
            assertEquals(Optional.empty(), second.ids().get(last));
            assertEquals(1002, second.lost + last);
            assertEquals(0, two.statistics().waiting());
            assertEquals(List.of(), second.placed); // who has seen the message before it may have missed it
            assertTrue(channel.publish(Messages.text("next")));
            second.await("\"next\"", recorder -> recorder.texts().contains("next"));
            assertEquals(second.ids().get(last + 1).stream().toList(), second.placed);
        }
    }

    @Test
    void aMessageThatRedisDroppedDoesNotTakeThePlaceOfOthersForEver() {
        CountDownLatch goOn = new CountDownLatch(1);
        Recorder slow = new SlowRecorder(goOn);
        RedisOptions options = OPTIONS.withHeartbeat(Duration.ofMillis(200), Duration.ofMillis(800));
        try (RedisBackplane two = RedisBackplane.connect(redis.uri(), options.withMaxWaiting(1))) {
            Channel full = two.open("room", 0, slow);
            loseM1(full, slow, goOn);
            Eventually.await("\"m2\" is taken", () -> full.publish(Messages.text("m2")));
            slow.awaitMessages(3);
            assertEquals(List.of("m0", "m1", "m2"), slow.texts());
        }
    }

    @Test
    void aLossThatIsToldIsNotToldAgainAfterAReconnection() {
        CountDownLatch goOn = new CountDownLatch(1);
        Recorder slow = new SlowRecorder(goOn);
        try (RedisBackplane two = RedisBackplane.connect(link.uri(), OPTIONS)) {
            two.open("room", 0, slow);
            slow.await("history", recorder -> recorder.histories.size() == 1);
            publish(0, 1);
            slow.awaitMessages(1);
            publish(1, 1000);
            goOn.countDown();
            slow.await("the end", recorder -> recorder.lost + recorder.messages.size() == 1000);
            long lost = slow.lost;
            assertTrue(lost > 500, () -> "lost " + lost);
            link.cut();
            slow.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            link.mend();
            slow.await("connected", recorder -> recorder.connections == 1);
            publish(1000, 1001);
            slow.await(
                    "the next",
                    recorder -> Recorder.text(recorder.messages.get(recorder.messages.size() - 1))
                            .equals("m1000"));
            assertEquals(lost, slow.lost);
        }
    }

    @Test
    void aStreamThatWasEmptiedGoesOn() {
        publish(0, 5);
        redis.call(Protocol.Command.FLUSHALL);
        // Ids begin with the milliseconds.
        LockSupport.parkNanos(5_000_000);
        publish(5, 10);
        assertEquals(texts(0, 10), first.texts());
        assertEquals(0, first.lost);
        assertEquals(List.of(), first.disconnections);
    }

    /** As after a failover to a server whose clock is behind, and that had not got everything. */
    @Test
    void aStreamWithEarlierIdsIsReadFromItsBeginning() {
        try (RedisBackplane two = RedisBackplane.connect(link.uri(), OPTIONS)) {
            two.open("room", 0, second);
            history();
            publish(0, 5);
            second.awaitMessages(5);
            link.cut();
            second.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            String stream = "twintrace:room:room";
            redis.call(Protocol.Command.DEL, stream);
            redis.call(Protocol.Command.XADD, stream, "5-1", "w", "other:1", "q", "1", "t", "T", "p", "early");
            link.mend();
            second.awaitMessages(6);
            assertEquals("early", second.texts().get(5));
        }
    }

    @Test
    void aRoomThatIsOpenedAgainGoesOn() {
        publish(0, 5);
        channel.close();
        channel = one.open("room", 2, second);
        assertEquals(texts(3, 5), history());
        assertTrue(channel.publish(Messages.text("m5")));
        second.awaitMessages(1);
        assertEquals(5, first.texts().size());
    }
}
