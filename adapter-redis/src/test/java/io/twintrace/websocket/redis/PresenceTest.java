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
import io.twintrace.websocket.room.Presence;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Protocol;

/** Each node knows the members on the others. */
class PresenceTest {
    /**
     * So rare that only announcements can be the reason for what arrives. The read timeout is so long that no slow
     * answer disconnects.
     */
    private static final RedisOptions RARE = RedisOptions.defaults()
            .withHeartbeat(Duration.ofMinutes(5), Duration.ofMinutes(15))
            .withReadTimeout(Duration.ofSeconds(20))
            .withMaxBackoff(Duration.ofMillis(200));

    private static final Duration HEARTBEAT = Duration.ofMillis(200);

    private static final RedisOptions OFTEN = RedisOptions.defaults()
            .withHeartbeat(HEARTBEAT, Duration.ofMillis(800))
            .withReadTimeout(Duration.ofSeconds(20))
            .withMaxBackoff(Duration.ofMillis(200));

    private final RedisServer redis = RedisServer.start();
    private final CutLink link = new CutLink(redis);
    private final Recorder here = new Recorder();
    private final Recorder there = new Recorder();

    @AfterEach
    void stop() throws Exception {
        link.close();
        redis.close();
    }

    private static Channel open(RedisBackplane backplane, Recorder recorder) {
        Channel channel = backplane.open("room", 0, recorder);
        recorder.await("history", each -> each.histories.size() == 1);
        return channel;
    }

    private static void announce(RedisBackplane from, Channel channel, String member, String value) {
        channel.announce(new Presence(member, from.node(), value));
    }

    private static void awaitMembers(Recorder recorder, String... members) {
        recorder.await(
                "members " + List.of(members), each -> each.present.keySet().equals(Set.of(members)));
    }

    @Test
    void membersComeChangeAndLeaveAtOnce() {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), RARE);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), RARE)) {
            Channel hereIn = open(one, here);
            open(two, there);
            announce(one, hereIn, "ann", "Ann");
            announce(one, hereIn, "bob", "");
            awaitMembers(there, "ann", "bob");
            assertEquals(new Presence("ann", one.node(), "Ann"), there.present.get("ann"));
            announce(one, hereIn, "ann", "Ann, away");
            there.await("new value", each -> each.present.get("ann").value().equals("Ann, away"));
            hereIn.withdraw("ann");
            awaitMembers(there, "bob");
            hereIn.close();
            awaitMembers(there);
            assertEquals(List.of("ann", "bob"), there.absent);
            assertEquals(Map.of(), here.present);
        }
        assertEquals(
                List.of("twintrace:presence"),
                redis.keys().stream()
                        .filter(key -> !key.contains(":wake:") && !key.contains(":written:"))
                        .toList());
    }

    @Test
    void aNodeThatOpensTheRoomLaterSeesThoseWhoAreThere() {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), RARE);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), RARE)) {
            Channel hereIn = open(one, here);
            announce(one, hereIn, "ann", "Ann");
            announce(one, hereIn, "with: spaces, ümläuts", "wert ü");
            Recorder watching = new Recorder();
            try (RedisBackplane three = RedisBackplane.connect(redis.uri(), RARE)) {
                open(three, watching);
                awaitMembers(watching, "ann", "with: spaces, ümläuts");
            }
            open(two, there);
            awaitMembers(there, "ann", "with: spaces, ümläuts");
            assertEquals("wert ü", there.present.get("with: spaces, ümläuts").value());
        }
    }

    @Test
    void theMembersOfADeadNodeLeave() {
        try (RedisBackplane one = RedisBackplane.connect(link.uri(), OFTEN);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), OFTEN)) {
            openWithAnn(one, two, there);
            link.cut();
            awaitMembers(there);
            link.mend();
            awaitMembers(there, "ann");
        }
    }

    @Test
    void whatIsAnnouncedWhileRedisIsAwayArrivesWhenItIsBack() throws Exception {
        RedisOptions options = OFTEN.withHeartbeat(HEARTBEAT, Duration.ofSeconds(4));
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), options);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), options)) {
            Channel hereIn = open(one, here);
            open(two, there);
            announce(one, hereIn, "ann", "Ann");
            announce(one, hereIn, "bob", "Bob");
            awaitMembers(there, "ann", "bob");
            redis.kill();
            here.await("disconnected", each -> each.disconnections.size() == 1);
            hereIn.withdraw("ann");
            announce(one, hereIn, "cem", "Cem");
            // Longer than a dead node's members are kept.
            here.never("connects", Duration.ofMillis(4500), each -> each.connections > 0);
            redis.restart();
            awaitMembers(there, "bob", "cem");
            assertEquals(List.of("ann"), there.absent);
        }
    }

    @Test
    void membersAreAnnouncedAgainWhenRedisWasEmptied() {
        RedisOptions options = OFTEN.withHeartbeat(HEARTBEAT, Duration.ofSeconds(20));
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), options);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), options)) {
            openWithAnn(one, two, there);
            redis.call(Protocol.Command.FLUSHALL);
            Recorder later = new Recorder();
            try (RedisBackplane three = RedisBackplane.connect(redis.uri(), options)) {
                open(three, later);
                awaitMembers(later, "ann");
            }
            assertEquals(List.of(), there.absent);
        }
    }

    /** The hash of the dead process is still there, and has members that nobody withdraws. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNodeThatIsRestartedUnderItsNameHasNoneOfItsOldMembers(boolean openedFirst) {
        RedisOptions named = RARE.withNode("web-1");
        try (RedisBackplane two = RedisBackplane.connect(redis.uri(), RARE);
                RedisBackplane dead = RedisBackplane.connect(link.uri(), named);
                CutLink newLink = new CutLink(redis)) {
            open(two, there);
            announce(dead, open(dead, here), "ann", "Ann");
            awaitMembers(there, "ann");
            link.cut();
            newLink.cut();
            try (RedisBackplane one = RedisBackplane.connect(newLink.uri(), named)) {
                Recorder restarted = new Recorder();
                Channel early = one.open("another room", 0, new Recorder());
                Channel channel = openedFirst ? one.open("room", 0, restarted) : early;
                newLink.mend();
                if (!openedFirst) {
                    // The publisher has begun its session without the room.
                    awaitHeartbeat(one, early);
                    channel = one.open("room", 0, restarted);
                }
                awaitHeartbeat(one, channel);
                announce(one, channel, "bob", "Bob");
                awaitMembers(there, "bob");
            }
        }
    }

    /** {@return the room on the first node, where "ann" is, as the second one knows} */
    private Channel openWithAnn(RedisBackplane one, RedisBackplane two, Recorder watching) {
        Channel channel = open(one, here);
        open(two, watching);
        announce(one, channel, "ann", "Ann");
        awaitMembers(watching, "ann");
        return channel;
    }

    /** Has the publisher write what waits. After the second message, its first heartbeat is over as well. */
    private static void awaitHeartbeat(RedisBackplane backplane, Channel channel) {
        for (int i = 0; i < 2; i++) {
            assertTrue(channel.publish(Messages.text("passes")));
            Eventually.await("all written", () -> backplane.statistics().waiting() == 0);
        }
    }

    @Test
    void membersAreAnnouncedAgainWhenRedisWasEmptiedJustBeforeAChange() {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), RARE);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), RARE)) {
            Channel hereIn = openWithAnn(one, two, there);
            redis.call(Protocol.Command.FLUSHALL);
            announce(one, hereIn, "bob", "Bob");
            awaitMembers(there, "ann", "bob");
            Recorder later = new Recorder();
            try (RedisBackplane three = RedisBackplane.connect(redis.uri(), RARE)) {
                open(three, later);
                awaitMembers(later, "ann", "bob");
            }
            assertEquals(List.of(), there.absent);
        }
    }

    /** The reader cannot see it by the wake key then. */
    @Test
    void membersStayWhenThePublisherSeesBeforeTheReaderThatRedisWasEmptied() {
        CountDownLatch goOn = new CountDownLatch(1);
        Recorder held = new SlowRecorder(goOn);
        RedisOptions watching = OFTEN.withHeartbeat(HEARTBEAT, Duration.ofSeconds(5));
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), RARE);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), watching)) {
            Channel hereIn = openWithAnn(one, two, held);
            // Until a node that has no members in Redis counts as dead. Each connection begins with such a time.
            held.never("leaves", Duration.ofMillis(5500), each -> !each.absent.isEmpty());
            assertTrue(hereIn.publish(Messages.text("m0")));
            held.awaitMessages(1);
            redis.call(Protocol.Command.FLUSHALL);
            Eventually.await("the wake key", () -> redis.keys().contains("twintrace:wake:" + two.node()));
            goOn.countDown();
            held.never("leaves", Duration.ofSeconds(1), each -> !each.absent.isEmpty());
        }
    }

    /** Whichever of its threads sees it first. */
    @Test
    void membersStayForAWhileWhenRedisWasEmptied() {
        RedisOptions watching = OFTEN.withHeartbeat(HEARTBEAT, Duration.ofSeconds(5));
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), RARE);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), watching)) {
            openWithAnn(one, two, there);
            there.never("leaves", Duration.ofMillis(5500), each -> !each.absent.isEmpty());
            redis.call(Protocol.Command.FLUSHALL);
            there.never("leaves", Duration.ofSeconds(1), each -> !each.absent.isEmpty());
        }
    }

    @Test
    void anAnnouncementThatNoBackplaneHasWrittenIsLeftOut() {
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), RARE);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), RARE)) {
            Channel hereIn = openWithAnn(one, two, there);
            for (String version : List.of("garbage", "1-", "-", "99999999999999999999-1")) {
                redis.call(
                        Protocol.Command.XADD,
                        "twintrace:presence",
                        "*",
                        "node",
                        one.node(),
                        "room",
                        "room",
                        "v",
                        version,
                        "change",
                        "join",
                        "member",
                        "ghost");
            }
            announce(one, hereIn, "bob", "Bob");
            awaitMembers(there, "ann", "bob");
            assertEquals(List.of(), there.disconnections);
        }
    }

    @Test
    void aMissedAnnouncementIsHealed() {
        RedisOptions options = OFTEN.withHeartbeat(HEARTBEAT, Duration.ofSeconds(20));
        try (RedisBackplane one = RedisBackplane.connect(redis.uri(), options);
                RedisBackplane two = RedisBackplane.connect(redis.uri(), options)) {
            openWithAnn(one, two, there);
            String hash = redis.keys().stream()
                    .filter(key -> key.contains("members"))
                    .findFirst()
                    .orElseThrow();
            // As the late bytes of a broken connection would.
            redis.call(Protocol.Command.HSET, hash, "m:ghost", "", "v", "0-7");
            Eventually.await(
                    "the ghost to go",
                    () -> redis.call(Protocol.Command.HEXISTS, hash, "m:ghost").equals(0L));
            awaitMembers(there, "ann");
        }
    }
}
