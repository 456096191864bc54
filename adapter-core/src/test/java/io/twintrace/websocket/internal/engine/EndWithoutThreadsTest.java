package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.RecordingListener;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A connection ends while no thread can start or no memory is left. It closes the socket and keeps nothing. */
class EndWithoutThreadsTest {
    private static final DeflateParameters DEFLATE =
            new DeflateParameters(false, false, OptionalInt.empty(), OptionalInt.empty());

    private final WebSocketOptions options =
            TestPeer.quick().deflate(DeflateOptions.on().withThreshold(0)).build();
    private final RecordingListener listener = new RecordingListener();

    /** Records that it was closed, and fails where a test says so. */
    private static final class Failing extends FilterTransport {
        private volatile boolean failsToClose;
        private volatile boolean failsToSetDeadlines;

        private Failing(Transport inner) {
            super(inner);
        }

        @Override
        public void close() {
            super.close();
            if (failsToClose) {
                throw noThread();
            }
        }

        @Override
        public void readDeadline(long deadline) {
            if (failsToSetDeadlines) {
                throw noThread();
            }
            super.readDeadline(deadline);
        }
    }

    private static OutOfMemoryError noThread() {
        return new OutOfMemoryError("unable to create native thread");
    }

    /** Leaves a message open that holds a buffer and a deflater. */
    private static void beginMessage(WebSocketConnection connection) throws IOException {
        connection.nextWriter(MessageType.TEXT).write("never sent".getBytes(StandardCharsets.UTF_8));
    }

    private static void abortWithoutThreads(ListeningPeer peer) {
        peer.threadless(true);
        try {
            peer.connection().abort();
        } catch (OutOfMemoryError e) {
            throw new AssertionError(e); // since JUnit aborts at the error itself
        } finally {
            peer.threadless(false);
        }
    }

    private void assertNothingKept() {
        assertEquals(0, Shared.of(options).pools().input().lent(), "read buffers lent");
        assertEquals(0, Shared.of(options).pools().write().lent(), "write buffers lent");
        assertEquals(0, Shared.of(options).pools().message().lent(), "message buffers lent");
        assertEquals(0, Shared.of(options).pools().deflate().lent(), "deflaters lent");
        assertEquals(0, Shared.of(options).pools().deflate().resting(), "native memory held for nobody");
    }

    @Test
    void abortCutsAListenersConnection() throws Exception {
        try (ListeningPeer peer = ListeningPeer.connect(listener, options, Optional.of(DEFLATE))) {
            peer.connection().writeMessage("deflated");
            beginMessage(peer.connection());
            abortWithoutThreads(peer);
            assertTrue(peer.isClosed());
            assertNothingKept();
            awaitEnd(peer);
        }
    }

    /** The timer tries again in a second. */
    private static void awaitEnd(ListeningPeer peer) {
        Background.eventually("the end of the connection", () -> {
            peer.settle();
            return peer.ends() > 0;
        });
    }

    @Test
    void theListenerIsToldOnceThereIsAThreadAgain() {
        try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
            abortWithoutThreads(peer);
            assertEquals(0, peer.ends());
            awaitEnd(peer);
            assertEquals(1, peer.ends());
            assertEquals(List.of("open", "error IOException", "close 1006"), listener.calls());
        }
    }

    @Test
    void connectionWhoseOpeningFailsHoldsNothing() throws Exception {
        assertThrows(
                OutOfMemoryError.class,
                () -> ListeningPeer.connectPrepared(listener, options, Optional.of(DEFLATE), connection -> {
                    throw noThread();
                }));
        try (ListeningPeer other = ListeningPeer.connect(listener, options, Optional.of(DEFLATE))) {
            other.connection().writeMessage("deflated");
        }
        assertNothingKept(); // native memory stays while there is a connection that may need it
    }

    @Test
    void whatTheTransportThrowsWhileItClosesKeepsNothing() throws Exception {
        Failing[] transport = new Failing[1];
        try (TestPeer peer = TestPeer.connectDeflating(options, "", inner -> transport[0] = new Failing(inner))) {
            peer.connection().writeMessage("deflated");
            beginMessage(peer.connection());
            transport[0].failsToClose = true;
            assertThrows(OutOfMemoryError.class, peer.connection()::abort);
            assertNothingKept();
        }
    }

    @Test
    void closeThatCannotBeginCutsTheConnection() throws Exception {
        Failing[] transport = new Failing[1];
        try (TestPeer peer = TestPeer.connect(options, inner -> transport[0] = new Failing(inner))) {
            beginMessage(peer.connection());
            transport[0].failsToSetDeadlines = true;
            assertThrows(OutOfMemoryError.class, peer.connection()::close);
            assertFalse(peer.connection().isOpen());
            peer.expectGone();
            peer.expectNothingLent();
        }
    }
}
