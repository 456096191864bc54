package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.JdkClient;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Messages through embedded Jetty, however their bytes arrive. */
class EmbeddedJettyTest {
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void textComesBackAndTheClosingHandshakeIsDone() throws Exception {
        server = TestServer.serving(TestServer::echo);
        try (JdkClient client = server.client()) {
            client.send("grüß dich");
            assertEquals("grüß dich", client.receive());
            assertEquals(1000, client.close(1000));
        }
    }

    @Test
    void firstMessageMayComeInTheSegmentOfTheHandshake() throws Exception {
        server = TestServer.serving(TestServer::echo);
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws"), RawClient.text("early"), RawClient.text("bird"));
            assertEquals(101, client.readResponse().status());
            assertEquals("early", client.read().text());
            assertEquals("bird", client.read().text());
        }
    }

    /** CVE-2023-43669, tungstenite: the request head was parsed again at each read. */
    @Test
    void handshakeAndMessageMayArriveByteByByte() throws Exception {
        server = TestServer.serving(TestServer::echo);
        try (RawClient client = RawClient.connect(server.port())) {
            for (byte b : RawClient.handshake("/ws")) {
                client.send(new byte[] {b});
            }
            assertEquals(101, client.readResponse().status());
            for (byte b : RawClient.text("a".repeat(300))) {
                client.send(new byte[] {b});
            }
            assertEquals("a".repeat(300), client.read().text());
        }
    }

    @Test
    void firstMessageMayBeginInTheHandshakesSegmentAndBeCutAnywhere() throws Exception {
        server = TestServer.serving(TestServer::echo);
        byte[] message = RawClient.text("in two parts");
        for (int cut = 1; cut < message.length; cut++) {
            try (RawClient client = RawClient.connect(server.port())) {
                client.send(RawClient.handshake("/ws"), Arrays.copyOf(message, cut));
                assertEquals(101, client.readResponse().status());
                client.send(Arrays.copyOfRange(message, cut, message.length));
                assertEquals("in two parts", client.read().text());
            }
        }
    }

    /** Jetty's own limit for idle connections must not end a WebSocket. */
    @Test
    void connectionOutlivesTheConnectorsIdleTimeout() throws Exception {
        server = TestServer.of(TestServer::echo, WebSocketOptions.defaults());
        server.connector().setIdleTimeout(100);
        server.start();
        try (RawClient client = Await.until("a handshake in time", this::clientOrNull, Objects::nonNull)) {
            client.awaitSilence(Duration.ofMillis(500));
            client.send(RawClient.text("still here"));
            assertEquals("still here", client.read().text());
        }
    }

    /** Null if the handshake took longer than the idle timeout, which applies before the upgrade too. */
    private RawClient clientOrNull() {
        try {
            return server.rawClient();
        } catch (IOException e) {
            return null; // Jetty was quicker
        }
    }

    @Test
    void silentPeerIsToldAtTheIdleTimeoutOfTheOptions() throws Exception {
        server = TestServer.serving(
                TestServer::echo,
                WebSocketOptions.builder().idleTimeout(Duration.ofMillis(200)).build());
        try (RawClient client = server.rawClient()) {
            assertEquals(1001, client.readToClose());
            assertTrue(client.awaitEnd().toSeconds() < 12);
        }
    }
}
