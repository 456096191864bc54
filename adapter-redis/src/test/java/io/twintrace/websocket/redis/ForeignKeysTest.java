package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.Eventually;
import io.twintrace.websocket.redis.fixture.LogLines;
import io.twintrace.websocket.redis.fixture.Messages;
import io.twintrace.websocket.redis.fixture.Recorder;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.room.Backplane.Channel;
import io.twintrace.websocket.room.Presence;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/** What something else has written to the keys of one room stops no other room. */
class ForeignKeysTest {
    /** The read timeout is so long that no slow answer disconnects. */
    private static final RedisOptions OPTIONS = RedisOptions.defaults()
            .withHeartbeat(Duration.ofMillis(200), Duration.ofMillis(800))
            .withReadTimeout(Duration.ofSeconds(20))
            .withMaxBackoff(Duration.ofMillis(200));

    private final RedisServer redis = RedisServer.start();
    private final Recorder broken = new Recorder();
    private final Recorder room = new Recorder();

    @AfterEach
    void stop() throws Exception {
        redis.close();
    }

    @Test
    void anIdBeyondALongIsLeftOut() {
        String stream = "twintrace:room:room";
        redis.call(Protocol.Command.XADD, stream, "18446744073709551615-0", "w", "w", "q", "1", "t", "T", "p", "past");
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            Channel channel = one.open("room", 10, room);
            room.await("history", recorder -> recorder.histories.size() == 1);
            assertEquals(List.of(), room.histories.get(0));
            // Redis gives the next id of the same millisecond.
            assertTrue(channel.publish(Messages.text("mine")));
            Recorder other = new Recorder();
            assertTrue(one.open("other", 0, other).publish(Messages.text("a")));
            other.awaitMessages(1);
            room.never("has no id", Duration.ofMillis(500), recorder -> !recorder.messages.isEmpty());
            Eventually.await("malformed", () -> one.statistics().malformed() >= 2);
            assertEquals(2, one.statistics().malformed());
            assertEquals(List.of(), room.disconnections);
        }
    }

    @Test
    void aRoomWhoseKeyIsNoStreamIsLeftOutUntilItIsDeleted() {
        redis.call(Protocol.Command.SET, "twintrace:room:broken", "x");
        try (LogLines log = new LogLines();
                RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS)) {
            Channel brokenIn = one.open("broken", 0, broken);
            Channel channel = one.open("room", 0, room);
            broken.await("told", recorder -> recorder.disconnections.size() == 1);
            for (int i = 1; i <= 5; i++) {
                assertTrue(brokenIn.publish(Messages.text("lost")));
                assertTrue(channel.publish(Messages.text("a")));
                room.awaitMessages(i);
            }
            // Several heartbeats.
            room.never("fails", Duration.ofSeconds(1), recorder -> !recorder.disconnections.isEmpty());
            Eventually.await("all written", () -> one.statistics().waiting() == 0);
            assertEquals(5, one.statistics().unshared());
            assertEquals(0, one.statistics().waiting());
            assertEquals(2, log.lines().size(), () -> log.lines().toString());
            redis.call(Protocol.Command.DEL, "twintrace:room:broken");
            broken.await("connected", recorder -> recorder.connections == 1);
            assertTrue(brokenIn.publish(Messages.text("b")));
            broken.awaitMessages(1);
            assertEquals(List.of("b"), broken.texts());
        }
    }

    @Test
    void aRoomWhoseMembersHaveKeysOfAnotherKindHarmsNoOtherRoom() {
        redis.call(Protocol.Command.SET, "twintrace:nodes:broken", "x");
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), OPTIONS.withNode("one"));
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OPTIONS.withNode("two"))) {
            two.open("broken", 0, new Recorder());
            two.open("room", 0, room);
            redis.call(Protocol.Command.SET, "twintrace:members:one:broken", "x");
            one.open("broken", 0, broken).announce(new Presence("ann", "one", ""));
            one.open("room", 0, new Recorder()).announce(new Presence("bob", "one", ""));
            room.await("bob", recorder -> recorder.present.containsKey("bob"));
            // Several heartbeats.
            room.never("fails", Duration.ofSeconds(1), recorder -> !recorder.disconnections.isEmpty());
            assertEquals(List.of(), broken.disconnections);
        }
    }
}
