package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.CutLink;
import io.twintrace.websocket.redis.fixture.Messages;
import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.room.Backplane.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/** Both nodes get each message once, and those of each sender in its order, whatever breaks meanwhile. */
class ExactlyOnceTest {
    /** With -Dtwintrace.redis.scale=5: 10,000 messages, and 10 s without Redis. */
    private static final int SCALE = Integer.getInteger("twintrace.redis.scale", 1);

    private static final int SENDERS = 20;
    private static final int MESSAGES = 100 * SCALE;
    private static final Duration OUTAGE = Duration.ofSeconds(2L * SCALE);
    private static final RedisOptions OPTIONS = RedisOptions.defaults()
            .withStreamLength(SENDERS * MESSAGES * 2)
            .withReadTimeout(Duration.ofMillis(500))
            .withMaxBackoff(Duration.ofMillis(500));

    private final Recorder first = new Recorder();
    private final Recorder second = new Recorder();

    private final CountDownLatch begun = new CountDownLatch(1);

    /** Counts {@code begun} down when it has begun. */
    private interface Outage {
        void happens() throws Exception;
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private void awaitHistories() {
        first.await("history", recorder -> recorder.histories.size() == 1);
        second.await("history", recorder -> recorder.histories.size() == 1);
    }

    /** After the second message, no heartbeat of the first node is on its way. */
    private void passHeartbeat(Channel inOne) {
        awaitHistories();
        for (int i = 0; i < 2; i++) {
            inOne.publish(Messages.text("first " + i));
            first.awaitMessages(i + 1);
        }
    }

    /** The outage begins after a third of the messages, and before the last third. */
    private void exchange(RedisBackplane one, RedisBackplane two, Outage outage) throws Exception {
        Channel inOne = one.open("room", 0, first);
        Channel inTwo = two.open("room", 0, second);
        awaitHistories();
        CountDownLatch third = new CountDownLatch(SENDERS);
        List<Thread> threads = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            Channel channel = sender % 2 == 0 ? inOne : inTwo;
            String name = "sender " + sender + ":";
            threads.add(new Thread(() -> {
                for (int i = 0; i < MESSAGES; i++) {
                    if (i == MESSAGES * 2 / 3) {
                        awaitOutage();
                    }
                    while (!channel.publish(Messages.text(name + i))) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    if (i == MESSAGES / 3) {
                        third.countDown();
                    }
                    LockSupport.parkNanos(OUTAGE.toNanos() * 3 / MESSAGES / 2);
                }
            }));
        }
        threads.forEach(Thread::start);
        third.await();
        outage.happens();
        for (Thread each : threads) {
            each.join();
        }
        check(first);
        check(second);
        assertEquals(0, one.statistics().lost() + two.statistics().lost());
        assertEquals(0, one.statistics().unshared() + two.statistics().unshared());
    }

    private void awaitOutage() {
        try {
            assertTrue(begun.await(60, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(Recorder recorder) {
        recorder.awaitMessages(SENDERS * MESSAGES);
        Map<String, List<Integer>> bySender = new HashMap<>();
        for (String each : recorder.texts()) {
            int colon = each.indexOf(':');
            bySender.computeIfAbsent(each.substring(0, colon), unused -> new ArrayList<>())
                    .add(Integer.valueOf(each.substring(colon + 1)));
        }
        assertEquals(SENDERS, bySender.size());
        List<Integer> all = IntStream.range(0, MESSAGES).boxed().toList();
        bySender.forEach((sender, numbers) -> assertEquals(all, numbers, sender));
        assertEquals(0, recorder.concurrentCalls);
        assertEquals(0, recorder.lost);
    }

    private void bothHaveOneOrder() {
        assertEquals(first.ids(), second.ids());
        assertEquals(
                first.ids().stream().map(id -> id.orElseThrow()).sorted().toList(),
                first.ids().stream().map(id -> id.orElseThrow()).toList());
    }

    @Test
    void withoutAnOutage() throws Exception {
        try (RedisServer redis = RedisServer.start();
                RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            exchange(one, two, begun::countDown);
            bothHaveOneOrder();
        }
    }

    @Test
    void whenRedisIsKilledAndStartsAgain() throws Exception {
        try (RedisServer redis = RedisServer.start();
                RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            exchange(one, two, () -> {
                redis.kill();
                begun.countDown();
                pause(OUTAGE.dividedBy(2));
                redis.restart();
            });
            bothHaveOneOrder();
            assertTrue(first.disconnections.size() >= 1);
        }
    }

    @Test
    void whenTheLinkOfOneNodeIsCut() throws Exception {
        try (RedisServer redis = RedisServer.start();
                CutLink link = new CutLink(redis);
                // No slow answer is to disconnect it as well.
                RedisBackplane one =
                        RedisBackplane.connect(link.uri(), OPTIONS.withReadTimeout(Duration.ofSeconds(20)));
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            exchange(one, two, () -> cut(link));
            bothHaveOneOrder();
            assertEquals(1, first.disconnections.size());
            assertEquals(1, first.connections);
        }
    }

    @Test
    void whenANodeDeliversLocallyWhileItsLinkIsCut() throws Exception {
        RedisOptions local = OPTIONS.withWhenAway(WhenAway.DELIVER_LOCALLY);
        try (RedisServer redis = RedisServer.start();
                CutLink link = new CutLink(redis);
                RedisBackplane one = RedisBackplane.connect(link.uri(), local);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), local)) {
            exchange(one, two, () -> cut(link));
            assertTrue(first.ids().stream().filter(id -> id.isEmpty()).count() > MESSAGES);
        }
    }

    private void cut(CutLink link) {
        link.cut();
        begun.countDown();
        pause(OUTAGE);
        link.mend();
    }

    @Test
    void whenTheLinkBreaksOverAndOver() throws Exception {
        try (RedisServer redis = RedisServer.start();
                CutLink link = new CutLink(redis);
                RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            exchange(one, two, () -> {
                for (int i = 0; i < 20; i++) {
                    link.cut();
                    begun.countDown();
                    link.mend();
                    pause(OUTAGE.dividedBy(20));
                }
            });
            bothHaveOneOrder();
        }
    }

    @Test
    void whenTheBytesOfABrokenConnectionArriveLate() throws Exception {
        try (RedisServer redis = RedisServer.start();
                CutLink link = new CutLink(redis);
                RedisBackplane one = RedisBackplane.connect(link.uri(), OPTIONS);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            Channel channel = one.open("room", 0, first);
            two.open("room", 0, second);
            passHeartbeat(channel);
            link.holdUp();
            for (int i = 0; i < 50; i++) {
                channel.publish(Messages.text("m" + i));
            }
            first.await("timeout", recorder -> recorder.disconnections.size() == 1);
            link.loseClients();
            first.awaitMessages(52);
            second.awaitMessages(52);
            assertTrue(link.deliverLate() > 0);
            channel.publish(Messages.text("last"));
            first.awaitMessages(53);
            second.awaitMessages(53);
            assertEquals(53, second.texts().size());
            assertEquals(first.texts(), second.texts());
            assertEquals(53L, redis.call(Protocol.Command.XLEN, "twintrace:room:room"));
        }
    }

    /** Redis has executed it, but the node does not know. So much comes next that a later node cannot see both. */
    @Test
    void aNodeThatOpensTheRoomLaterGetsNothingASecondTime() throws Exception {
        Recorder third = new Recorder();
        RedisOptions quiet = OPTIONS.withReadTimeout(Duration.ofSeconds(20))
                .withHeartbeat(Duration.ofMinutes(5), Duration.ofMinutes(15));
        try (RedisServer redis = RedisServer.start();
                CutLink link = new CutLink(redis);
                RedisBackplane one = RedisBackplane.connect(link.uri(), quiet);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS);
                RedisBackplane three = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            Channel inOne = one.open("room", 0, first);
            Channel inTwo = two.open("room", 0, second);
            passHeartbeat(inOne);
            link.loseReplies();
            inOne.publish(Messages.text("once"));
            second.awaitMessages(3);
            link.cut();
            first.await("disconnected", recorder -> recorder.disconnections.size() == 1);
            for (int i = 0; i < 300; i++) {
                inTwo.publish(Messages.text("m" + i));
            }
            second.awaitMessages(303);
            link.mend();
            inOne.publish(Messages.text("last"));
            first.awaitMessages(304);
            second.awaitMessages(304);
            assertEquals(second.texts(), first.texts());
            three.open("room", 100, third);
            third.await("history", recorder -> recorder.histories.size() == 1);
            assertEquals(
                    second.texts().subList(204, 304),
                    third.histories.get(0).stream().map(Recorder::text).toList());
            assertEquals(304L, redis.call(Protocol.Command.XLEN, "twintrace:room:room"));
            assertEquals(0, two.statistics().repeated());
        }
    }
}
