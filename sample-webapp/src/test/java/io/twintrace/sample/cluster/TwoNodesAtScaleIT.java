package io.twintrace.sample.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.CutLink;
import io.twintrace.websocket.redis.fixture.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Each member on two nodes gets each message once, and those of each sender in order, whatever breaks in the middle.
 * docs/testing.md says how to run it at its whole size.
 */
class TwoNodesAtScaleIT {
    private static final Scale SCALE = Scale.ofProperty();
    private static final double MIDDLE = 0.35;

    private RedisServer redis;
    private CutLink link;
    private NodeProcess one;
    private NodeProcess two;
    private Fleet fleet;

    private interface Outage {
        void happens() throws Exception;
    }

    /** Each message is on the disk before its sender's node hears of it, so that a kill takes back nothing. */
    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start("--appendfsync", "always");
        link = new CutLink(redis);
        one = NodeProcess.start("cluster-one", 0, link.uri(), SCALE.history());
        two = NodeProcess.start("cluster-two", 0, redis.uri(), SCALE.history());
        fleet = new Fleet(List.of(one.address(), two.address()), SCALE);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {fleet, one, two, link, redis}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }

    private void exchange(TestInfo test, Outage outage) throws Exception {
        fleet.join();
        long begin = System.nanoTime();
        fleet.send();
        fleet.awaitDelivered(MIDDLE);
        outage.happens();
        fleet.awaitAll();
        System.out.printf("%s: %.1f s, %s%n", test.getDisplayName(), (System.nanoTime() - begin) / 1e9, fleet.tally());
    }

    /** {@return how many connections have ended} */
    private long ended() {
        return fleet.tally().endings().values().stream()
                .mapToLong(each -> each.get())
                .sum();
    }

    @Test
    void nothingBreaks(TestInfo test) throws Exception {
        exchange(test, () -> {});
        assertEquals(0, ended());
    }

    @Test
    void redisIsKilledAndStartsAgain(TestInfo test) throws Exception {
        exchange(test, () -> {
            redis.kill();
            pause(SCALE.outage());
            redis.restart();
        });
        assertEquals(0, ended());
    }

    @Test
    void aNodeIsKilled(TestInfo test) throws Exception {
        exchange(test, () -> one.kill());
        assertTrue(fleet.tally().returns.get() >= SCALE.all() / 2, fleet.tally()::toString);
    }

    @Test
    void theLinkOfANodeIsCut(TestInfo test) throws Exception {
        exchange(test, () -> {
            link.cut();
            pause(SCALE.outage());
            link.mend();
        });
        assertEquals(0, ended());
        assertTrue(one.output().contains("can be used again"), one.output());
    }
}
