package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.TestPeer;
import jakarta.websocket.RemoteEndpoint;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every write method is guarded from its first line to its last. */
class GuardedMethodsTest {
    private interface Call {
        void on(WebSocketConnection connection, MessageWriter open) throws Exception;
    }

    private record Guarded(String method, boolean startsMessage, Call call) {
        @Override
        public String toString() {
            return method;
        }
    }

    private static List<Guarded> guarded() {
        return List.of(
                new Guarded("writeMessage", true, (c, w) -> c.writeMessage("x")),
                new Guarded("writeMessage", true, (c, w) -> c.writeMessage(MessageType.BINARY, new byte[1])),
                new Guarded("writeMessage", true, (c, w) -> c.writeMessage(MessageType.BINARY, ByteBuffer.allocate(1))),
                new Guarded("writeJson", true, (c, w) -> c.writeJson(1)),
                new Guarded("writePrepared", true, (c, w) -> c.writePrepared(PreparedMessage.text("x"))),
                new Guarded("nextWriter", true, (c, w) -> c.nextWriter(MessageType.TEXT)),
                new Guarded("MessageWriter.write", false, (c, w) -> w.write(1)),
                new Guarded("MessageWriter.write", false, (c, w) -> w.write(new byte[1])),
                new Guarded("MessageWriter.write", false, (c, w) -> w.write("x")),
                new Guarded(
                        "MessageWriter.transferFrom",
                        false,
                        (c, w) -> w.transferFrom(new ByteArrayInputStream(new byte[1]))),
                new Guarded("MessageWriter.flush", false, (c, w) -> w.flush()),
                new Guarded("MessageWriter.close", false, (c, w) -> w.close()),
                new Guarded("setWriteDeadline", false, (c, w) -> c.setWriteDeadline(null)),
                new Guarded("enableWriteCompression", false, (c, w) -> c.enableWriteCompression(true)),
                new Guarded("setCompressionLevel", false, (c, w) -> c.setCompressionLevel(9)));
    }

    /** Gives nothing until it is released. Its reading thread is inside transferFrom meanwhile. */
    private static final class BlockedStream extends InputStream {
        final CountDownLatch entered = new CountDownLatch(1);
        final CountDownLatch letGo = new CountDownLatch(1);
        Runnable inside = () -> {};

        @Override
        public int read() {
            return read(new byte[1], 0, 1);
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            entered.countDown();
            inside.run();
            try {
                letGo.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return -1;
        }
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void aSecondThreadInThisMethodFailsBoth(Guarded second) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            BlockedStream stream = new BlockedStream();
            MessageWriter open = peer.connection().nextWriter(MessageType.BINARY);
            Background<Long> first = Background.start(() -> open.transferFrom(stream));
            stream.entered.await();
            ConcurrentWriteException e =
                    assertThrows(ConcurrentWriteException.class, () -> second.call.on(peer.connection(), open));
            stream.letGo.countDown();
            assertEquals(second.method, e.report().second().operation());
            assertEquals("MessageWriter.transferFrom", e.report().first().operation());
            first.failure(ConcurrentWriteException.class);
            assertEquals(1, peer.logged().size());
            peer.expectClose(1011, "concurrent write");
        }
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void thisMethodNestedInAWriteIsRefusedAndPoisonsNothing(Guarded inner) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            MessageWriter open = peer.connection().nextWriter(MessageType.BINARY);
            BlockedStream stream = new BlockedStream();
            stream.inside =
                    () -> assertThrows(IllegalStateException.class, () -> inner.call.on(peer.connection(), open));
            stream.letGo.countDown();
            open.transferFrom(stream);
            open.write(7);
            open.close();
            peer.expectHex("82 01 07");
        }
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void thisMethodInTurnsWithAnotherThreadIsFineUnlessItCutsAMessage(Guarded second) throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            MessageWriter open = peer.connection().nextWriter(MessageType.BINARY);
            Background<Void> calling = Background.run(() -> second.call.on(peer.connection(), open));
            if (second.startsMessage) {
                calling.failure(ConcurrentWriteException.class);
            } else {
                calling.result();
            }
            assertEquals(second.startsMessage ? 1 : 0, peer.logged().size());
        }
    }

    /** Types of others, whose methods are guarded on other engines. */
    private static final Map<String, Class<?>> OTHERS = Map.of(
            "RemoteEndpoint", RemoteEndpoint.Basic.class, "OutputStream", OutputStream.class, "Writer", Writer.class);

    /** Reports show them as methods of the public types. */
    @Test
    void everyOperationIsCalledAsAPublicMethodIs() throws Exception {
        for (Operation operation : Operation.values()) {
            String name = operation.methodName();
            String type = name.contains(".") ? name.substring(0, name.indexOf('.')) : "WebSocketConnection";
            if (type.equals("Session")) {
                continue; // that of Jetty's own API, which is not in this class path
            }
            Class<?> owner = OTHERS.containsKey(type)
                    ? OTHERS.get(type)
                    : Class.forName(WebSocketConnection.class.getPackageName() + "." + type);
            String method = name.substring(name.indexOf('.') + 1);
            assertTrue(
                    Arrays.stream(owner.getMethods()).anyMatch(m -> m.getName().equals(method)), name);
        }
    }

    @Test
    void aWrongCompressionLevelIsRefusedAndPoisonsNothing() throws Exception {
        try (TestPeer peer = TestPeer.connect()) {
            assertThrows(IllegalArgumentException.class, () -> peer.connection().setCompressionLevel(-3));
            assertThrows(IllegalArgumentException.class, () -> peer.connection().setCompressionLevel(10));
            peer.connection().setCompressionLevel(-2);
            peer.connection().writeMessage("x");
            peer.expectHex("81 01 78");
        }
    }
}
