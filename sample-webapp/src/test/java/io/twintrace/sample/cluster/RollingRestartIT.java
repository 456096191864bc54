package io.twintrace.sample.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.sample.it.ReverseProxy;
import io.twintrace.websocket.redis.fixture.RedisServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Two nodes behind a proxy are restarted, one after the other, while messages flow. No message is lost or comes twice,
 * and every client comes back. The proxies have the configurations of docs/operations.md.
 */
class RollingRestartIT {
    private static final Scale SCALE = Scale.ofProperty().with(200, Duration.ofSeconds(3));

    /** When each node is restarted, as parts of all deliveries. */
    private static final double FIRST = 0.2;

    private static final double SECOND = 0.5;

    /** A proxy must not keep clients from a node that runs. */
    private static final Duration LONGEST_AWAY = Duration.ofSeconds(10);

    /** What a JVM exits with that SIGTERM has ended. */
    private static final int TERMINATED = 128 + 15;

    private RedisServer redis;
    private NodeProcess one;
    private NodeProcess two;
    private Fleet fleet;

    @BeforeEach
    void start() throws Exception {
        redis = RedisServer.start();
        one = start("rolling-one", 0);
        two = start("rolling-two", 0);
    }

    private NodeProcess start(String name, int port) throws Exception {
        return NodeProcess.start(name, port, redis.uri(), SCALE.history());
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {fleet, one, two, redis}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @Test
    void behindHaproxy(TestInfo test) throws Exception {
        try (ReverseProxy proxy = ReverseProxy.haproxy(one.port(), two.port())) {
            restartBoth(test, proxy);
        }
    }

    @Test
    void behindNginx(TestInfo test) throws Exception {
        try (ReverseProxy proxy = ReverseProxy.nginx(one.port(), two.port())) {
            restartBoth(test, proxy);
        }
    }

    private void restartBoth(TestInfo test, ReverseProxy proxy) throws Exception {
        fleet = new Fleet(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())), SCALE);
        fleet.join();
        long begin = System.nanoTime();
        fleet.send();
        fleet.awaitDelivered(FIRST);
        one = restart("rolling-one", one);
        fleet.awaitDelivered(SECOND);
        two = restart("rolling-two", two);
        fleet.awaitAll();
        System.out.printf("%s: %.1f s, %s%n", test.getDisplayName(), (System.nanoTime() - begin) / 1e9, fleet.tally());
        assertTrue(fleet.tally().returns.get() >= SCALE.all(), fleet.tally()::toString);
        assertTrue(fleet.tally().longestAwayNanos.get() < LONGEST_AWAY.toNanos(), fleet.tally()::toString);
    }

    private NodeProcess restart(String name, NodeProcess node) throws Exception {
        assertEquals(TERMINATED, node.terminate(), node.output());
        node.close();
        return start(name, node.port());
    }
}
