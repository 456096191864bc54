package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.JdkClient;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** wss: the same over TLS, with a certificate of its own. */
class TlsTest {
    @TempDir
    private static Path directory;

    private static TestCertificate certificate;

    private TestServer server;
    private ServerConnector tls;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.in(directory);
    }

    @BeforeEach
    void start() throws Exception {
        server = TestServer.of(TestServer::echo, WebSocketOptions.defaults());
        JettyWebSockets.add(server.context(), "/blocking", new EchoListener());
        JettyWebSockets.add(server.context(), "/non-blocking", new EchoListener.NonBlocking());
        tls = new ServerConnector(server.server(), certificate.forServer());
        server.server().addConnector(tls);
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/blocking", "/non-blocking"})
    void textComesBackAndTheClosingHandshakeIsDone(String path) throws Exception {
        HttpClient http =
                HttpClient.newBuilder().sslContext(certificate.forClient()).build();
        try (JdkClient client = JdkClient.open(http, URI.create("wss://localhost:" + tls.getLocalPort() + path))) {
            client.send("secretly");
            assertEquals("secretly", client.receive());
            assertEquals(1000, client.close(1000));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/blocking", "/non-blocking"})
    void largeMessageComesBack(String path) throws Exception {
        byte[] payload = new byte[1 << 20];
        new Random(1).nextBytes(payload);
        try (RawClient client = connect()) {
            client.upgrade(path);
            client.send(RawClient.frame(RawClient.BINARY, payload));
            assertArrayEquals(payload, client.read().payload());
            client.send(RawClient.close(1000));
            assertEquals(1000, client.read().closeCode());
            client.awaitEnd();
        }
    }

    /** One TLS record holds all messages, so Jetty has the last ones while the socket shows no more input. */
    @ParameterizedTest
    @ValueSource(strings = {"/ws", "/blocking", "/non-blocking"})
    void handshakeAndManyMessagesMayComeInOneRecord(String path) throws Exception {
        try (RawClient client = connect()) {
            byte[] message = RawClient.text("0123456789");
            byte[][] parts = new byte[501][];
            parts[0] = RawClient.handshake(path);
            Arrays.fill(parts, 1, parts.length, message);
            client.send(parts);
            assertEquals(101, client.readResponse().status());
            for (int i = 1; i < parts.length; i++) {
                assertEquals("0123456789", client.read().text());
            }
        }
    }

    /** Output that TLS has taken but the socket has not. */
    @ParameterizedTest
    @ValueSource(strings = {"/blocking", "/non-blocking"})
    void aPeerThatReadsLateGetsEverything(String path) throws Exception {
        int messages = 400; // more than the system's buffers hold in both directions
        byte[] payload = new byte[100_000];
        new Random(2).nextBytes(payload);
        try (RawClient client = connect()) {
            client.upgrade(path);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < messages; i++) {
                        client.send(RawClient.frame(RawClient.BINARY, payload));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThrows(TimeoutException.class, () -> sent.get(300, TimeUnit.MILLISECONDS));
            for (int i = 0; i < messages; i++) {
                assertArrayEquals(payload, client.read().payload());
            }
            sent.get(30, TimeUnit.SECONDS);
        }
    }

    private RawClient connect() throws IOException {
        return certificate.connect(tls.getLocalPort());
    }
}
