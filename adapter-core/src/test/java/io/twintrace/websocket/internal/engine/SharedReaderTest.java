package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static io.twintrace.websocket.fixture.Frames.hex;
import static io.twintrace.websocket.fixture.Frames.masked;
import static io.twintrace.websocket.fixture.Frames.text;
import static io.twintrace.websocket.fixture.Frames.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A thread reads one connection after another with the same objects. What goes wrong on one does not reach the next. */
class SharedReaderTest {
    private final WebSocketOptions options =
            ListeningPeer.quick().readBufferSize(512).build();

    private final WebSocketOptions others =
            ListeningPeer.quick().readBufferSize(256).build();

    /** Fails on each message. */
    private static final class Failing implements WebSocketListener {
        private final Throwable failure;

        Failing(Throwable failure) {
            this.failure = failure;
        }

        @Override
        public boolean isNonBlocking() {
            return true;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals")
        public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
            if (failure instanceof Exception e) {
                throw e;
            }
            throw (Error) failure;
        }
    }

    /** The next connection of this thread gets its messages, and gives everything back. */
    private void assertTheNextIsServed() {
        EchoingListener listener = new EchoingListener();
        byte[] large = Frames.pattern(5000);
        try (ListeningPeer peer = ListeningPeer.connect(listener, others)) {
            peer.send(text("hällo"));
            byte[] frame = masked(FIN | Frames.BINARY, large);
            peer.send(Arrays.copyOf(frame, 2000));
            peer.send(Arrays.copyOfRange(frame, 2000, frame.length));
            peer.send(Frames.close(1000));
            assertEquals(
                    List.of(new Message(MessageType.TEXT, utf8("hällo")), new Message(MessageType.BINARY, large))
                            .toString(),
                    listener.messages().toString());
            assertEquals("null", listener.end());
            assertEquals(0, peer.lentBuffers());
        }
    }

    private void assertFailingMessageHarmsNoOther(Throwable failure, boolean logFails) {
        ListeningPeer peer = ListeningPeer.connect(new Failing(failure), options);
        if (logFails) {
            peer = peer.withFailingLog(2);
        }
        byte[] frame = masked(FIN | TEXT, utf8("x".repeat(3000)));
        peer.send(Arrays.copyOf(frame, 1000));
        assertTheNextIsServed();
        peer.send(Arrays.copyOfRange(frame, 1000, frame.length)); // assembled, and then fails
        assertTheNextIsServed();
        peer.end();
        peer.settleToTheEnd();
        assertTheNextIsServed();
        assertEquals(0, peer.lentBuffers());
    }

    @Test
    void aListenerThatThrowsHarmsNoOther() {
        assertFailingMessageHarmsNoOther(new IllegalStateException("on purpose"), false);
        assertFailingMessageHarmsNoOther(new IllegalStateException("on purpose"), true);
    }

    @Test
    void aListenerWithoutMemoryHarmsNoOther() {
        assertFailingMessageHarmsNoOther(new OutOfMemoryError("on purpose"), false);
        assertFailingMessageHarmsNoOther(new OutOfMemoryError("on purpose"), true);
    }

    @Test
    void aTextThatEndsInsideACharacterHarmsNoOther() {
        EchoingListener listener = new EchoingListener();
        try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
            peer.send(masked(TEXT, utf8("a")), masked(CONTINUATION, utf8("b")), masked(FIN | CONTINUATION, hex("c3")));
            assertEquals("ProtocolException 1007", listener.end());
            assertTheNextIsServed();
        }
    }

    @Test
    void aConnectionThatIsCutOffInItsTurnHarmsNoOther() {
        WebSocketListener aborting = new WebSocketListener() {
            @Override
            public boolean isNonBlocking() {
                return true;
            }

            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) {
                connection.abort();
            }
        };
        try (ListeningPeer peer = ListeningPeer.connect(aborting, options)) {
            peer.send(text("one"), text("two"), masked(TEXT, utf8("three")));
            assertTheNextIsServed();
        }
    }

    @Test
    void aCompressedConnectionKeepsItsOwnReader() {
        DeflateParameters agreed = new DeflateParameters(true, true, OptionalInt.empty(), OptionalInt.empty());
        EchoingListener listener = new EchoingListener();
        try (ListeningPeer peer = ListeningPeer.connect(listener, options, Optional.of(agreed))) {
            peer.send(masked(TEXT, utf8("not ")));
            assertTheNextIsServed();
            peer.send(masked(FIN | CONTINUATION, utf8("compressed")));
            assertTheNextIsServed();
            assertEquals("not compressed", new String(listener.messages().get(0).payload(), StandardCharsets.UTF_8));
        }
    }
}
