package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.CutLink;
import io.twintrace.websocket.redis.fixture.Eventually;
import io.twintrace.websocket.redis.fixture.LogLines;
import io.twintrace.websocket.redis.fixture.Messages;
import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.room.Backplane.Channel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/** What happens while Redis cannot be reached. */
class AwayTest {
    /** The read timeout is so long that no slow answer disconnects. */
    private static final RedisOptions OPTIONS =
            RedisOptions.defaults().withReadTimeout(Duration.ofSeconds(20)).withMaxBackoff(Duration.ofMillis(200));

    private static final RedisOptions LOCAL = OPTIONS.withWhenAway(WhenAway.DELIVER_LOCALLY);

    private final RedisServer redis = RedisServer.start();
    private final CutLink link = new CutLink(redis);
    private final Recorder here = new Recorder();
    private final Recorder there = new Recorder();

    @AfterEach
    void stop() throws Exception {
        link.close();
        redis.close();
    }

    private Channel open(RedisBackplane backplane, Recorder recorder) {
        Channel channel = backplane.open("room", 10, recorder);
        recorder.await("history", each -> each.histories.size() == 1);
        return channel;
    }

    private static void publish(Channel channel, String... texts) {
        for (String each : texts) {
            assertTrue(channel.publish(Messages.text(each)));
        }
    }

    private void cut() {
        link.cut();
        here.await("disconnected", recorder -> !recorder.disconnections.isEmpty());
    }

    private void mend() {
        link.mend();
        here.await("connected", recorder -> recorder.connections == 1);
    }

    @Test
    void messagesAreHeldAndKeepTheirOrder() {
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            Channel hereIn = open(one, here);
            Channel thereIn = open(two, there);
            cut();
            publish(hereIn, "a", "b");
            publish(thereIn, "x");
            there.awaitMessages(1);
            here.never("is held", Duration.ofMillis(300), recorder -> !recorder.messages.isEmpty());
            assertEquals(2, one.statistics().waiting());
            assertEquals(2, one.statistics().waitingBytes());
            assertFalse(one.statistics().connected());
            mend();
            here.awaitMessages(3);
            there.awaitMessages(3);
            assertEquals(List.of("x", "a", "b"), here.texts());
            assertEquals(here.ids(), there.ids());
            assertEquals(0, one.statistics().waiting());
            assertEquals(1, one.statistics().reconnects());
        }
    }

    @Test
    void heldMessagesHaveABound() {
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS.withMaxWaiting(3))) {
            Channel channel = open(one, here);
            cut();
            publish(channel, "a", "b", "c");
            assertFalse(channel.publish(Messages.text("d")));
            assertEquals(1, one.statistics().rejected());
            mend();
            here.awaitMessages(3);
            publish(channel, "e");
            here.awaitMessages(4);
            assertEquals(List.of("a", "b", "c", "e"), here.texts());
        }
    }

    @Test
    void heldBytesHaveABound() {
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS.withMaxWaitingBytes(10))) {
            Channel channel = open(one, here);
            cut();
            publish(channel, "12345678901");
            assertFalse(channel.publish(Messages.text("d")));
        }
    }

    @Test
    void messagesAreDeliveredHereAtOnceAndThereLater() {
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), LOCAL);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), LOCAL)) {
            Channel hereIn = open(one, here);
            Channel thereIn = open(two, there);
            cut();
            publish(hereIn, "a", "b");
            here.awaitMessages(2);
            assertEquals(List.of("a", "b"), here.texts());
            assertEquals(List.of(Optional.empty(), Optional.empty()), here.ids());
            publish(thereIn, "x");
            there.awaitMessages(1);
            mend();
            publish(hereIn, "c");
            here.awaitMessages(4);
            there.awaitMessages(4);
            assertEquals(List.of("a", "b", "x", "c"), here.texts());
            assertEquals(List.of("x", "a", "b", "c"), there.texts());
            assertEquals(there.ids().get(3), here.ids().get(3));
            assertEquals(there.ids().get(2).stream().toList(), here.placed); // that of "b"
            assertEquals(List.of(), there.placed);
            assertEquals(0, one.statistics().unshared());
        }
    }

    @Test
    void whatWasOnItsWayIsDeliveredHereWhenTheLinkBreaks() {
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), LOCAL);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), LOCAL)) {
            Channel hereIn = open(one, here);
            open(two, there);
            link.holdUp();
            publish(hereIn, "a");
            here.never("is not on its way", Duration.ofMillis(100), recorder -> !recorder.messages.isEmpty());
            cut();
            here.awaitMessages(1);
            assertEquals(List.of(Optional.empty()), here.ids());
            mend();
            publish(hereIn, "b");
            here.awaitMessages(2);
            there.awaitMessages(2);
            assertEquals(List.of("a", "b"), here.texts());
            assertEquals(List.of("a", "b"), there.texts());
        }
    }

    @Test
    void theOldestLocalMessagesAreLostForTheOthers() {
        RedisOptions small = LOCAL.withMaxWaiting(3);
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), small);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), small)) {
            Channel hereIn = open(one, here);
            open(two, there);
            publish(hereIn, "first");
            there.awaitMessages(1);
            here.awaitMessages(1);
            cut();
            int delivered = 1;
            for (String each : List.of("a", "b", "c", "d", "e")) {
                publish(hereIn, each);
                here.awaitMessages(++delivered);
            }
            assertEquals(List.of("first", "a", "b", "c", "d", "e"), here.texts());
            assertEquals(2, one.statistics().unshared());
            mend();
            there.awaitMessages(4);
            assertEquals(List.of("first", "c", "d", "e"), there.texts());
            assertEquals(2, there.lost);
            assertEquals(2, two.statistics().lost());
            here.await("the place of \"e\"", recorder -> !recorder.placed.isEmpty());
            assertEquals(there.ids().get(3).stream().toList(), here.placed);
        }
    }

    /** Nobody has seen a number of this sender, so a gap in the numbers does not show. */
    @Test
    void othersAreToldOfMessagesThatWereLostBeforeTheFirstOneOfTheirSender() {
        RedisOptions small = LOCAL.withMaxWaiting(3);
        link.cut();
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), small);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), small)) {
            open(two, there);
            Channel hereIn = one.open("room", 10, here);
            here.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            int delivered = 0;
            for (String each : List.of("a", "b", "c", "d", "e")) {
                publish(hereIn, each);
                here.awaitMessages(++delivered);
            }
            assertEquals(2, one.statistics().unshared());
            mend();
            there.awaitMessages(3);
            assertEquals(List.of("c", "d", "e"), there.texts());
            assertEquals(2, there.lost);
            assertEquals(2, two.statistics().lost());
            Eventually.await("all written", () -> one.statistics().waiting() == 0);
            publish(hereIn, "f");
            there.awaitMessages(4);
            assertEquals(2, there.lost);
        }
    }

    @Test
    void aRoomOpensWithoutRedisAndGetsItsHistoryLater() {
        try (RedisBackplane two = RedisBackplane.connect(redis.uri(), LOCAL)) {
            Channel thereIn = open(two, there);
            publish(thereIn, "x", "y");
            there.awaitMessages(2);
            link.cut();
            try (RedisBackplane one = RedisBackplane.connect(link.uri(), LOCAL)) {
                Channel hereIn = one.open("room", 1, here);
                here.await("disconnected", recorder -> recorder.disconnections.size() == 1);
                publish(hereIn, "a");
                here.awaitMessages(1);
                Recorder later = new Recorder();
                one.open("another room", 1, later);
                later.await("disconnected", recorder -> recorder.disconnections.size() == 1);
                mend();
                here.await("history", recorder -> recorder.histories.size() == 1);
                assertEquals("y", Recorder.text(here.histories.get(0).get(0)));
                there.awaitMessages(3);
                assertEquals(List.of("x", "y", "a"), there.texts());
                publish(hereIn, "b");
                here.awaitMessages(2);
                assertEquals(List.of("a", "b"), here.texts());
            }
        }
    }

    @Test
    void oneLineSaysThatRedisIsAwayAndOneThatItIsBack() {
        try (LogLines log = new LogLines();
                RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS)) {
            Channel channel = open(one, here);
            cut();
            publish(channel, "a", "b");
            // That takes several attempts.
            here.never("connects", Duration.ofSeconds(1), recorder -> recorder.connections > 0);
            mend();
            assertEquals(2, log.lines().size(), () -> log.lines().toString());
            String away = log.lines().get(0);
            assertTrue(
                    away.startsWith("WARNING cannot use Redis at localhost:"
                            + link.uri().getPort()),
                    away);
            assertTrue(away.contains("Messages wait until it is back: 10000 messages"), away);
            String back = log.lines().get(1);
            assertTrue(
                    back.matches("INFO Redis at localhost:\\d+ can be used again after \\d+ ms; 2 messages .*"), back);
        }
    }

    @Test
    void aLineSaysWhatIsLostWhenTheBackplaneClosesWithoutRedis() {
        try (LogLines log = new LogLines()) {
            RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS);
            Channel channel = open(one, here);
            cut();
            publish(channel, "a", "b");
            one.close();
            assertEquals(
                    "WARNING closed before Redis confirmed 2 messages, which are lost",
                    log.lines().get(log.lines().size() - 1));
            assertEquals(2, one.statistics().unshared());
        }
    }

    @Test
    void aLogThatFailsDoesNotEndTheReader() {
        AtomicBoolean failed = new AtomicBoolean();
        Logger logger = Logger.getLogger("io.twintrace.websocket.redis");
        Filter failing = line -> {
            if (line.getMessage().startsWith("cannot use Redis") && !failed.getAndSet(true)) {
                throw new OutOfMemoryError("thrown on purpose");
            }
            return true;
        };
        logger.setFilter(failing);
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS)) {
            Channel channel = open(one, here);
            cut();
            assertTrue(failed.get());
            mend();
            publish(channel, "a");
            here.awaitMessages(1);
        } finally {
            logger.setFilter(null);
        }
    }

    @Test
    void aReplicaIsAway() {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            Channel channel = open(one, here);
            redis.call(Protocol.Command.REPLICAOF, "localhost", "1");
            publish(channel, "a");
            here.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            String text = here.disconnections.get(0).getMessage();
            // The reader is told, too, if it waits.
            assertTrue(text.contains("READONLY") || text.contains("UNBLOCKED"), text);
            redis.call(Protocol.Command.REPLICAOF, "NO", "ONE");
            here.awaitMessages(1);
        }
    }

    @Test
    void aRedisWithoutMemoryIsAway() throws Exception {
        try (RedisServer full = RedisServer.start("--maxmemory", "1", "--maxmemory-policy", "noeviction");
                RedisBackplane one = RedisBackplane.connect(full.uri(), OPTIONS)) {
            one.open("room", 0, here);
            here.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            String text = here.disconnections.get(0).getMessage();
            assertTrue(text.contains("OOM"), text);
            full.call(Protocol.Command.CONFIG, "SET", "maxmemory", "0");
            here.await("connected", recorder -> recorder.connections == 1);
        }
    }
}
