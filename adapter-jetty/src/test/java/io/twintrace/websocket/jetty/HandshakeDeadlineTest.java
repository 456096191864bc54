package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jetty's idle timeout begins anew with every byte; the deadline does not. */
class HandshakeDeadlineTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    /** For handshakes that must end in time. */
    private static final Duration AMPLE = Duration.ofSeconds(4);

    @TempDir
    private static Path directory;

    private static TestCertificate certificate;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.in(directory);
    }

    @Test
    void aHandshakeThatComesByteByByteEndsAtTheDeadline() throws Exception {
        try (TestServer server = started(TIMEOUT)) {
            long begin = System.nanoTime(); // before the server can see the connection
            try (RawClient client = RawClient.connect(server.port())) {
                client.send(RawClient.ascii("GET /ws HTTP/1.1\r\nHost: localhost\r\nX-Long: "));
                assertTrue(millisUntilClosed(client, begin) >= TIMEOUT.toMillis() - 50);
            }
        }
    }

    @Test
    void aConnectionThatWasUpgradedInTimeStays() throws Exception {
        try (TestServer server = started(AMPLE);
                RawClient client = RawClient.open(server.port(), "/ws")) {
            assertStays(client);
        }
    }

    // ---- With ALPN, which expects no request before the end of the TLS handshake ------------------------------------

    @Test
    void aTlsHandshakeThatComesByteByByteEndsAtTheDeadlineToo() throws Exception {
        try (Alpn alpn = new Alpn(TIMEOUT)) {
            long begin = System.nanoTime(); // before the server can see the connection
            try (RawClient client = RawClient.connect(alpn.port())) {
                client.send(new byte[] {22, 3, 1, 0x40, 0}); // the head of a record of 16 KiB, which is never complete
                assertTrue(millisUntilClosed(client, begin) >= TIMEOUT.toMillis() - 50);
            }
        }
    }

    @Test
    void soDoesAConnectionOnWhichNothingComes() throws Exception {
        try (Alpn alpn = new Alpn(TIMEOUT)) {
            long begin = System.nanoTime(); // before the server can see the connection
            try (RawClient client = RawClient.connect(alpn.port())) {
                client.awaitEnd();
                assertTrue(millisSince(begin) >= TIMEOUT.toMillis() - 50);
            }
        }
    }

    /** One deadline for both, not one after the other. */
    @Test
    void theRequestHasWhatTheTlsHandshakeLeftOfTheTime() throws Exception {
        try (Alpn alpn = new Alpn(Duration.ofSeconds(6))) {
            long begin = System.nanoTime(); // before the server can see the connection
            try (RawClient client = certificate.connect(alpn.port())) {
                awaitAge(begin, Duration.ofSeconds(3)); // no TLS data is sent before the first byte
                client.send(RawClient.ascii("GET /ws HTTP/1.1\r\nHost: localhost\r\nX-Long: "));
                long millis = millisUntilClosed(client, begin);
                assertTrue(millis >= 5900 && millis < 8900, () -> "closed after " + millis + " ms");
            }
        }
    }

    @Test
    void aConnectionThatWasUpgradedInTimeStaysWithAlpnToo() throws Exception {
        try (Alpn alpn = new Alpn(AMPLE);
                RawClient client = certificate.connect(alpn.port())) {
            client.upgrade("/ws");
            assertStays(client);
        }
    }

    private static final class Alpn implements AutoCloseable {
        private final TestServer server = TestServer.of(TestServer::echo, WebSocketOptions.defaults());
        private final ServerConnector connector;

        Alpn(Duration timeout) throws Exception {
            ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
            alpn.setDefaultProtocol("http/1.1");
            HttpConfiguration configuration = new HttpConfiguration();
            connector = new ServerConnector(
                    server.server(),
                    new SslConnectionFactory(certificate.forServer(), alpn.getProtocol()),
                    alpn,
                    new HTTP2ServerConnectionFactory(configuration),
                    new HttpConnectionFactory(configuration));
            server.server().addConnector(connector);
            HandshakeDeadline.set(connector, timeout);
            server.start();
        }

        int port() {
            return connector.getLocalPort();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    private static void assertStays(RawClient client) throws Exception {
        awaitAge(System.nanoTime(), AMPLE.plusMillis(300));
        client.send(RawClient.text("still here"));
        assertEquals("still here", client.read().text());
    }

    private static void awaitAge(long begin, Duration most) throws Exception {
        Await.until("time to pass", () -> System.nanoTime() - begin, age -> age > most.toNanos());
    }

    private static long millisUntilClosed(RawClient client, long begin) throws Exception {
        Await.until("the connection to be closed", () -> isClosedAfterOneMoreByte(client), closed -> closed);
        return millisSince(begin);
    }

    private static long millisSince(long begin) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }

    /** Sends one more byte of the endless input. */
    private static boolean isClosedAfterOneMoreByte(RawClient client) {
        try {
            client.send(new byte[] {'x'});
            LockSupport.parkNanos(5_000_000);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static TestServer started(Duration timeout) throws Exception {
        TestServer server = TestServer.of(TestServer::echo, WebSocketOptions.defaults());
        HandshakeDeadline.set(server.connector(), timeout);
        return server.start();
    }
}
