package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.redis.fixture.LogLines;
import io.twintrace.websocket.redis.fixture.Messages;
import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.redis.fixture.SlowRecorder;
import io.twintrace.websocket.room.Backplane.Channel;
import io.twintrace.websocket.room.RoomMessage;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/** What a message carries, and how a backplane ends. */
class BackplaneTest {
    private final RedisServer redis = RedisServer.start();
    private final Recorder first = new Recorder();
    private final Recorder second = new Recorder();

    @AfterEach
    void stop() throws Exception {
        redis.close();
    }

    private void transport(String room, RoomMessage message) {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri());
                RedisBackplane two = RedisBackplane.connect(redis.uri())) {
            two.open(room, 0, second);
            second.await("history", recorder -> recorder.histories.size() == 1);
            assertTrue(one.open(room, 0, first).publish(message));
            first.awaitMessages(1);
            second.awaitMessages(1);
        }
        RoomMessage got = second.messages.get(0);
        assertEquals(message.sender(), got.sender());
        assertEquals(message.receiver(), got.receiver());
        assertEquals(message.toSender(), got.toSender());
        assertEquals(message.key(), got.key());
        assertEquals(message.content().type(), got.content().type());
        assertEquals(message.content().payload(), got.content().payload());
        assertEquals(first.ids(), second.ids());
    }

    @Test
    void carriesBytesOfAnyKind() {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        transport("room", Messages.of(PreparedMessage.of(MessageType.BINARY, bytes)));
    }

    @Test
    void carriesLargeMessages() {
        byte[] bytes = new byte[1 << 20];
        new Random(1).nextBytes(bytes);
        transport("room", Messages.of(PreparedMessage.of(MessageType.BINARY, bytes)));
    }

    @Test
    void carriesEmptyMessagesAndNames() {
        transport("", Messages.text(""));
    }

    @Test
    void carriesWhoGetsTheMessage() {
        transport(
                "a room: of öther: names\n\u0000",
                new RoomMessage(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("büb"),
                        false,
                        Optional.of(""),
                        PreparedMessage.text("grüß ☃")));
    }

    @Test
    void roomsAreApart() {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri())) {
            Channel a = one.open("a", 0, first);
            Channel b = one.open("a:b", 0, second);
            a.publish(Messages.text("to a"));
            b.publish(Messages.text("to b"));
            first.awaitMessages(1);
            second.awaitMessages(1);
            assertEquals(List.of("to a"), first.texts());
            assertEquals(List.of("to b"), second.texts());
            assertThrows(IllegalStateException.class, () -> one.open("a", 0, first));
            assertThrows(IllegalArgumentException.class, () -> one.open("\ud800", 0, first));
        }
    }

    @Test
    void aReplyOfARoomIsDeliveredAtOnce() {
        CountDownLatch published = new CountDownLatch(1);
        Recorder held = new SlowRecorder(published);
        try (RedisBackplane one = RedisBackplane.connect(redis.uri());
                RedisBackplane two = RedisBackplane.connect(redis.uri())) {
            Channel channel = one.open("room", 0, first);
            two.open("room", 0, held);
            held.await("history", recorder -> recorder.histories.size() == 1);
            for (int i = 0; i < 2000; i++) {
                channel.publish(Messages.text("m" + i));
            }
            first.awaitMessages(2000);
            published.countDown();
            held.awaitMessages(2000);
            assertTrue(held.deliveries < 1000, () -> "deliveries " + held.deliveries);
        }
    }

    @Test
    void oneSlotOfAClusterIsEnough() throws Exception {
        try (RedisServer cluster = RedisServer.start("--cluster-enabled", "yes")) {
            cluster.call(Protocol.Command.CLUSTER, "ADDSLOTSRANGE", "0", "16383");
            RedisOptions options =
                    RedisOptions.defaults().withPrefix("{twintrace}:").withMaxBackoff(Duration.ofMillis(100));
            try (RedisBackplane one = RedisBackplane.connect(cluster.uri(), options)) {
                one.open("a", 0, second);
                one.open("b", 0, first).publish(Messages.text("a"));
                first.awaitMessages(1);
            }
        }
    }

    @Test
    void foreignEntriesAreLeftOut() {
        try (LogLines log = new LogLines();
                RedisBackplane one = RedisBackplane.connect(redis.uri())) {
            Channel channel = one.open("room", 0, first);
            first.await("history", recorder -> recorder.histories.size() == 1);
            for (int i = 0; i < 3; i++) {
                redis.call(Protocol.Command.XADD, "twintrace:room:room", "*", "who", "knows");
            }
            redis.call(Protocol.Command.XADD, "twintrace:room:room", "*", "w", "w", "q", "1", "t", "T", "p", "\u00ff");
            channel.publish(Messages.text("mine"));
            first.awaitMessages(1);
            first.awaitMessages(2);
            assertEquals(List.of("\u00ff", "mine"), first.texts());
            assertEquals(3, one.statistics().malformed());
            assertEquals(1, log.lines().size(), () -> log.lines().toString());
        }
    }

    @Test
    void aReceiverThatFailsHarmsNoOtherRoom() {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri())) {
            Recorder broken = new Recorder() {
                @Override
                public void message(RoomMessage message) {
                    throw new IllegalStateException("thrown on purpose");
                }
            };
            one.open("broken", 0, broken).publish(Messages.text("a"));
            Channel channel = one.open("room", 0, first);
            channel.publish(Messages.text("b"));
            first.awaitMessages(1);
        }
    }

    @Test
    void closingPublishesWhatWaitsAndEndsItsThreads() throws Exception {
        try (RedisBackplane two = RedisBackplane.connect(redis.uri())) {
            two.open("room", 0, second);
            second.await("history", recorder -> recorder.histories.size() == 1);
            ClassLoader application = new URLClassLoader(new URL[0], getClass().getClassLoader());
            ClassLoader before = Thread.currentThread().getContextClassLoader();
            Thread.currentThread().setContextClassLoader(application);
            Set<Thread> others = Thread.getAllStackTraces().keySet();
            RedisBackplane one = RedisBackplane.connect(redis.uri());
            Thread.currentThread().setContextClassLoader(before);
            List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                    .filter(each -> each.getName().startsWith("websocket-redis") && !others.contains(each))
                    .toList();
            assertEquals(2, threads.size());
            threads.forEach(each -> assertTrue(each.isDaemon()));
            threads.forEach(each -> assertFalse(each.getContextClassLoader() == application));
            Channel channel = one.open("room", 0, first);
            first.await("history", recorder -> recorder.histories.size() == 1);
            for (int i = 0; i < 1000; i++) {
                assertTrue(channel.publish(Messages.text("m" + i)));
            }
            one.close();
            second.awaitMessages(1000);
            assertFalse(channel.publish(Messages.text("too late")));
            assertThrows(IllegalStateException.class, () -> one.open("room", 0, first));
            for (Thread each : threads) {
                each.join(20_000);
            }
            assertEquals(0, threads.stream().filter(Thread::isAlive).count());
            one.close();
        }
    }

    @Test
    void theNodeHasTheNameOfTheOptions() {
        RedisOptions options = RedisOptions.defaults().withNode("node-7");
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), options);
                RedisBackplane two = RedisBackplane.connect(redis.uri());
                RedisBackplane three = RedisBackplane.connect(redis.uri())) {
            assertEquals("node-7", one.node());
            assertFalse(two.node().equals(three.node()));
        }
    }
}
