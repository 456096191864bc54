package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Jetty's idle timeout begins anew with every byte; the deadline does not. */
class HandshakeDeadlineTest {
    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @Test
    void aHandshakeThatComesByteByByteEndsAtTheDeadline() throws Exception {
        try (TestServer server = started();
                RawClient client = RawClient.connect(server.port())) {
            long begin = System.nanoTime();
            client.send(RawClient.ascii("GET /ws HTTP/1.1\r\nHost: localhost\r\nX-Long: "));
            Await.until("the connection to be closed", () -> isClosedAfterOneMoreByte(client), closed -> closed);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
            assertTrue(millis >= TIMEOUT.toMillis() - 50, "closed after " + millis + " ms already");
        }
    }

    @Test
    void aConnectionThatWasUpgradedInTimeStays() throws Exception {
        try (TestServer server = started();
                RawClient client = RawClient.open(server.port(), "/ws")) {
            long begin = System.nanoTime();
            Await.until("the deadline to pass", () -> System.nanoTime() - begin, age -> age > 2 * TIMEOUT.toNanos());
            client.send(RawClient.text("still here"));
            assertEquals("still here", client.read().text());
        }
    }

    /** Sends one more byte of a header that does not end. */
    private static boolean isClosedAfterOneMoreByte(RawClient client) {
        try {
            client.send(new byte[] {'x'});
            LockSupport.parkNanos(5_000_000);
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static TestServer started() throws Exception {
        TestServer server = TestServer.of(TestServer::echo, WebSocketOptions.defaults());
        HandshakeDeadline.set(server.connector(), TIMEOUT);
        return server.start();
    }
}
