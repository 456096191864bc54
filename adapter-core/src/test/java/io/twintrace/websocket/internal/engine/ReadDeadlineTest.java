package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadDeadlineTest {
    private TestPeer peer = TestPeer.connect();
    private BlockingConnection connection = peer.connection();

    private void reconnect(WebSocketOptions options) throws Exception {
        peer.close();
        peer = TestPeer.connect(options);
        connection = peer.connection();
    }

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    private static Instant soon() {
        return Instant.now().plusMillis(100);
    }

    private static Instant late() {
        return Instant.now().plusSeconds(60);
    }

    @Test
    void aReadFailsAtItsDeadlineForGood() throws Exception {
        connection.setReadDeadline(soon());
        SocketTimeoutException e = assertThrows(SocketTimeoutException.class, connection::readMessage);
        assertEquals("read deadline passed", e.getMessage());
        connection.setReadDeadline(null);
        peer.send(Frames.text("too late"));
        assertSame(e, assertThrows(SocketTimeoutException.class, connection::readMessage));
    }

    @Test
    void aReadFailsAtItsDeadlineInsideAMessage() throws Exception {
        connection.setReadDeadline(soon());
        peer.send(Frames.masked(BINARY, new byte[3]), Frames.maskedHeader(FIN, 10), new byte[2]);
        assertThrows(SocketTimeoutException.class, connection::readMessage);
    }

    @Test
    void aDeadlineIsMovedNearerWhileAReadWaits() throws Exception {
        connection.setReadDeadline(late());
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        connection.setReadDeadline(soon());
        reading.failure(SocketTimeoutException.class);
    }

    @Test
    void aDeadlineIsMovedFurtherAndLiftedWhileAReadWaits() throws Exception {
        connection.setReadDeadline(Instant.now().plusSeconds(60));
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        connection.setReadDeadline(late());
        connection.setReadDeadline(null);
        peer.send(Frames.text("x"));
        assertEquals("x", reading.result().text());
    }

    /** The reader has read the deadlines, but has not set them on the transport yet. */
    @Test
    void aDeadlineThatIsSetWhileAReadGoesToWaitIsNotLost() throws Exception {
        AtomicReference<BlockingConnection> toMove = new AtomicReference<>();
        try (TestPeer other = TestPeer.connect(TestPeer.quick().build(), inner -> new FilterTransport(inner) {
            @Override
            public void readDeadline(long deadline) {
                BlockingConnection moved = toMove.getAndSet(null);
                if (moved != null) {
                    moved.setReadDeadline(soon());
                }
                super.readDeadline(deadline);
            }
        })) {
            toMove.set(other.connection());
            Background.start(other.connection()::readMessage).failure(SocketTimeoutException.class);
        }
    }

    @Test
    void aPeerThatNeverStopsSendingDoesNotCarryAReadPastItsDeadline() throws Exception {
        byte[] pong = Frames.maskedHeader(FIN | Frames.PONG, 0);
        try (TestPeer other = TestPeer.connect(TestPeer.quick().build(), inner -> new FilterTransport(inner) {
            @Override
            public int read(ByteBuffer into) {
                into.put(pong);
                return pong.length;
            }
        })) {
            other.connection().setReadDeadline(Instant.now().plusMillis(200));
            Background.start(other.connection()::readMessage).failure(SocketTimeoutException.class);
        }
    }

    @Test
    void aSilentPeerEndsAtTheIdleTimeout() throws Exception {
        reconnect(TestPeer.quick().idleTimeout(Duration.ofMillis(150)).build());
        SocketTimeoutException e = assertThrows(SocketTimeoutException.class, connection::readMessage);
        assertEquals("nothing was received or sent for 150 ms (idle timeout)", e.getMessage());
        peer.expectClose(1001, "idle timeout");
    }

    @Test
    void aFrameThatComesByteByByteEndsAtTheIdleTimeout() throws Exception {
        reconnect(TestPeer.quick().idleTimeout(Duration.ofMillis(300)).build());
        peer.send(Frames.maskedHeader(FIN | BINARY, 100_000));
        Background<Message> reading = Background.start(connection::readMessage);
        long begin = System.nanoTime();
        while (!reading.isDone() && System.nanoTime() - begin < 5_000_000_000L) {
            peer.send(new byte[1]);
            java.util.concurrent.locks.LockSupport.parkNanos(30_000_000);
        }
        assertTrue(System.nanoTime() - begin < 4_500_000_000L, "kept alive by a byte now and then");
        SocketTimeoutException e = reading.failure(SocketTimeoutException.class);
        assertEquals("a frame was not complete after 300 ms (idle timeout)", e.getMessage());
    }

    @Test
    void aHeaderThatComesByteByByteEndsAtTheIdleTimeout() throws Exception {
        reconnect(TestPeer.quick().idleTimeout(Duration.ofMillis(200)).build());
        peer.sendHex("82");
        Background<Message> reading = Background.start(connection::readMessage);
        for (byte b : Frames.hex("ff 00 00")) {
            peer.send(new byte[] {b});
            java.util.concurrent.locks.LockSupport.parkNanos(30_000_000);
        }
        SocketTimeoutException e = reading.failure(SocketTimeoutException.class);
        assertEquals("a frame was not complete after 200 ms (idle timeout)", e.getMessage());
    }

    @Test
    void trafficFlowingOutwardKeepsAConnectionAlive() throws Exception {
        reconnect(TestPeer.quick().idleTimeout(Duration.ofSeconds(2)).build());
        Background<Message> reading = Background.start(connection::readMessage);
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < 3_000_000_000L) {
            connection.writeMessage("tick");
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
        peer.send(Frames.text("alive"));
        assertEquals("alive", reading.result().text());
    }
}
