package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener does to a message that arrives whole, and is only passed on. */
class ListenerAllocationTest {
    private static final HandshakeRequest REQUEST =
            new HandshakeRequest("GET", "HTTP/1.1", "/allocation", null, null, Map.of());
    private static final int MESSAGES = 20_000;

    /** On average less than a hundredth of the smallest object for each message. */
    private static final long NEXT_TO_NOTHING = MESSAGES / 6;

    @ParameterizedTest
    @ValueSource(ints = {125, 4096})
    void aBinaryMessageThatIsOnlyPassedOnAllocatesNothing(int size) throws Exception {
        assertAllocatesNothing(Frames.binary(Frames.pattern(size)), size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain ASCII", "größer als ASCII", "日本語と😀"})
    void aTextMessageThatIsOnlyPassedOnAllocatesNothing(String text) throws Exception {
        assertAllocatesNothing(Frames.text(text), Frames.utf8(text).length);
    }

    private static void assertAllocatesNothing(byte[] frame, int payloadLength) throws Exception {
        Repeating peer = new Repeating(frame);
        WebSocketConnection connection = WebSocketConnection.listening(
                peer,
                REQUEST,
                new Accepted(Map.of(), Optional.empty(), Optional.empty()),
                WebSocketOptions.defaults(),
                null,
                ListenerWritingTest.ECHO,
                new ListenerThreads(
                        (name, task) -> task.run(),
                        ListenerAllocationTest.class.getClassLoader(),
                        (failed, error) -> {}),
                prepared -> {},
                over -> {});
        long allocated = Background.start(() -> {
                    peer.send(MESSAGES); // until compiled code does it, which allocates less than the interpreter
                    long before = Cost.allocatedByThread();
                    peer.send(MESSAGES);
                    return Cost.allocatedByThread() - before;
                })
                .result();
        connection.abort();
        int header = payloadLength < 126 ? 2 : 4;
        assertEquals(2L * MESSAGES * (header + payloadLength), peer.taken);
        assertTrue(allocated < NEXT_TO_NOTHING, () -> allocated + " bytes for " + MESSAGES + " messages");
    }

    /** Sends one frame again and again, and allocates nothing by itself. */
    private static final class Repeating extends PushPipe {
        private final ByteBuffer frame;
        private long taken;

        Repeating(byte[] frame) {
            this.frame = ByteBuffer.wrap(frame).position(frame.length);
        }

        void send(int times) {
            for (int i = 0; i < times; i++) {
                frame.rewind();
                events().readable();
            }
        }

        @Override
        public void awaitInput() {
            // It comes with the next frame.
        }

        @Override
        public int read(ByteBuffer into) {
            int n = frame.remaining();
            into.put(frame);
            return n;
        }

        @Override
        public boolean tryWrite(ByteBuffer[] buffers) {
            for (ByteBuffer buffer : buffers) {
                taken += buffer.remaining();
                buffer.position(buffer.limit());
            }
            return true;
        }

        @Override
        public boolean startWrite(ByteBuffer buffer) {
            throw new UnsupportedOperationException("everything is taken at once");
        }

        @Override
        public boolean shutdownOutput() {
            return true;
        }

        @Override
        public void close() {
            // Nobody waits.
        }
    }
}
