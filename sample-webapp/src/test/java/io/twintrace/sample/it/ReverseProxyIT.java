package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.testkit.JdkClient;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes of the sample behind the proxies that docs/operations.md describes. */
class ReverseProxyIT {
    private static final int CLIENTS = 20;
    private static final int HANDSHAKES_AFTERWARDS = 200;

    private static RedisServer redis;
    private static Path war;
    private static SampleServer one;
    private static SampleServer two;

    @BeforeAll
    static void start() throws Exception {
        redis = RedisServer.start();
        war = Wars.changed(
                "war-proxy",
                root -> Wars.addServlet(root, "/alive", RoundTripHandler.class, Map.of("ping-interval", "300ms")));
        one = node("proxy-node-one");
        two = node("proxy-node-two");
    }

    private static SampleServer node(String name) throws Exception {
        return Servers.javaJar(name, war, "--redis", redis.uri().toString());
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable each : new AutoCloseable[] {one, two, redis}) {
            if (each != null) {
                each.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesOfEverySizeComeBack(ProxyKind kind) throws Exception {
        try (ReverseProxy proxy = kind.start(one.port(), two.port());
                JdkClient client = JdkClient.open(proxy.ws("/echo/push"))) {
            for (int size : new int[] {0, 1, 125, 126, 65_536, 1 << 20, 16 << 20}) {
                String text = "x".repeat(size);
                client.send(text);
                assertEquals(text, client.receive());
            }
            assertEquals(1000, client.close(1000));
        }
    }

    @ParameterizedTest
    @EnumSource
    void compressionIsNegotiatedBetweenTheEnds(ProxyKind kind) throws Exception {
        try (ReverseProxy proxy = kind.start(one.port(), two.port());
                CompressingClient client = new CompressingClient(proxy.port(), "/echo/deflate")) {
            for (int size : new int[] {1 << 10, 1 << 20}) {
                client.raw().send(CompressingClient.frame(new byte[size]));
                client.expect(new byte[size]);
            }
        }
    }

    /** The proxy cuts the other connection, on which nobody sends Pings. */
    @ParameterizedTest
    @EnumSource
    void pingsKeepAQuietConnectionAlive(ProxyKind kind) throws Exception {
        try (ReverseProxy proxy = kind.startImpatient(one.port(), two.port());
                JdkClient quiet = JdkClient.open(proxy.ws("/alive"));
                JdkClient silent = JdkClient.open(proxy.ws("/echo"))) {
            assertEquals(1006, silent.awaitClose());
            quiet.send("how long did it take?");
            assertTrue(Long.parseLong(quiet.receive()) > 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aNodeThatStopsIsLeftAndNoHandshakeFails(ProxyKind kind) throws Exception {
        List<JdkClient> clients = new ArrayList<>();
        try (SampleServer third = node("proxy-node-three");
                ReverseProxy proxy = kind.start(third.port(), two.port());
                RawClient stuck =
                        RawClient.open(third.port(), "/echo")) { // answers no Close, so that the stop takes time
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(JdkClient.open(proxy.ws("/echo")));
            }
            third.process().terminate();
            while (third.process().isAlive()) {
                assertEquals(101, handshake(proxy, "/echo").status());
            }
            for (int i = 0; i < HANDSHAKES_AFTERWARDS; i++) {
                assertEquals(101, handshake(proxy, "/echo").status());
            }
            assertEquals(1001, stuck.readToClose());
            assertHalfOfThemClosed(clients);
            if (kind == ProxyKind.HAPROXY) {
                assertTrue(proxy.log().contains("Layer7 wrong status, code: 503"), proxy.log());
            }
        } finally {
            clients.forEach(JdkClient::close);
        }
    }

    private static void assertHalfOfThemClosed(List<JdkClient> clients) throws Exception {
        int closed = 0;
        for (JdkClient each : clients) {
            if (each.isClosed()) {
                assertEquals(1001, each.awaitClose());
                closed++;
            } else {
                each.send("still here");
                assertEquals("still here", each.receive());
            }
        }
        assertTrue(closed >= CLIENTS / 2 - 2 && closed <= CLIENTS / 2 + 2, closed + " of " + CLIENTS);
    }

    private static Response handshake(ReverseProxy proxy, String path) throws IOException {
        try (RawClient client = RawClient.connect(proxy.port())) {
            client.send(RawClient.handshake(path));
            return client.readResponse();
        }
    }
}
