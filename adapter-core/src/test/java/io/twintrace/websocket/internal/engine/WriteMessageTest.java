package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteMessageTest {
    private final TestPeer peer = TestPeer.connect();
    private final WebSocketConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void textIsOneUnmaskedFrame() throws Exception {
        connection.writeMessage("Hello");
        peer.expectHex("81 05 48 65 6c 6c 6f");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65535, 65536, 1 << 20, 9 << 20})
    void everyClassOfLengthIsOneFrame(int length) throws Exception {
        byte[] payload = Frames.pattern(length);
        byte[] kept = payload.clone();
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, payload));
        peer.expectFrame(FIN | BINARY, kept);
        writing.result();
        assertArrayEquals(kept, payload);
    }

    @Test
    void aDirectBufferOfManyMegabytesIsOneFrame() throws Exception {
        byte[] payload = Frames.pattern(9 << 20);
        ByteBuffer direct =
                ByteBuffer.allocateDirect(payload.length).put(payload).flip();
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, direct));
        peer.expectFrame(FIN | BINARY, payload);
        writing.result();
        assertFalse(direct.hasRemaining());
    }

    @Test
    void theHeadersOfTheLengthsAreTheShortest() throws Exception {
        for (int length : new int[] {125, 126, 65535, 65536}) {
            Background<Void> writing =
                    Background.run(() -> connection.writeMessage(MessageType.BINARY, new byte[length]));
            peer.expectHex(
                    switch (length) {
                        case 125 -> "82 7d";
                        case 126 -> "82 7e 00 7e";
                        case 65535 -> "82 7e ff ff";
                        default -> "82 7f 00 00 00 00 00 01 00 00";
                    });
            assertArrayEquals(new byte[length], peer.receive(length));
            writing.result();
        }
    }

    @Test
    void buffersOfAnyKindAreTakenFromPositionToLimit() throws Exception {
        byte[] bytes = Frames.utf8("xxgrüßxx");
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        ByteBuffer heap = ByteBuffer.wrap(bytes);
        for (ByteBuffer buffer : List.of(heap.asReadOnlyBuffer(), heap, direct)) {
            buffer.position(2).limit(bytes.length - 2);
            connection.writeMessage(MessageType.TEXT, buffer);
            assertFalse(buffer.hasRemaining());
            peer.expectFrame(FIN | TEXT, Frames.utf8("grüß"));
        }
    }

    @Test
    void invalidUtf8IsRefusedAndNothingIsSent() throws Exception {
        ByteBuffer direct = ByteBuffer.allocateDirect(2).put(new byte[] {'a', (byte) 0xC3});
        assertThrows(
                IllegalArgumentException.class,
                () -> connection.writeMessage(MessageType.TEXT, new byte[] {'a', (byte) 0xC3}));
        assertThrows(IllegalArgumentException.class, () -> connection.writeMessage(MessageType.TEXT, direct.flip()));
        assertThrows(
                IllegalArgumentException.class,
                () -> connection.writeMessage(MessageType.TEXT, Frames.hex("ed a0 80")));
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    @Test
    void anUnpairedSurrogateBecomesAQuestionMark() throws Exception {
        connection.writeMessage("a\uD83Db");
        peer.expectFrame(FIN | TEXT, Frames.utf8("a?b"));
    }

    @Test
    void jsonIsTextWithoutANewline() throws Exception {
        connection.writeJson(Map.of("a", List.of(1, 2)));
        connection.writeJson(null);
        peer.expectFrame(FIN | TEXT, Frames.utf8("{\"a\":[1,2]}")).expectFrame(FIN | TEXT, Frames.utf8("null"));
    }

    @Test
    void whatCannotBeSerializedSendsNothing() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> connection.writeJson(Double.NaN));
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    @Test
    void aPreparedMessageGoesToAnyNumberOfConnections() throws Exception {
        byte[] payload = Frames.pattern(70_000);
        PreparedMessage prepared = PreparedMessage.of(MessageType.BINARY, payload);
        byte[] kept = payload.clone();
        payload[0]++;
        try (TestPeer other = TestPeer.connect()) {
            Background<Void> writing = Background.run(() -> {
                connection.writePrepared(prepared);
                connection.writePrepared(prepared);
            });
            Background<Void> writingToOther =
                    Background.run(() -> other.connection().writePrepared(prepared));
            peer.expectFrame(FIN | BINARY, kept).expectFrame(FIN | BINARY, kept);
            other.expectFrame(FIN | BINARY, kept);
            writing.result();
            writingToOther.result();
        }
    }

    @Test
    void preparedTextIsCheckedWhenItIsMade() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> PreparedMessage.of(MessageType.TEXT, Frames.hex("c3")));
        PreparedMessage prepared = PreparedMessage.text("grüß");
        assertEquals(MessageType.TEXT, prepared.type());
        connection.writePrepared(prepared);
        peer.expectFrame(FIN | TEXT, Frames.utf8("grüß"));
    }

    @Test
    void aLargeMessageToASlowPeerIsNotCopiedOverAndOver() throws Exception {
        byte[] payload = new byte[64 << 20];
        try (TestPeer slow = TestPeer.connectTight(TestPeer.quick().build())) {
            Background<Long> writing = Background.start(() -> {
                long before = cpuNanos();
                slow.connection().writeMessage(MessageType.BINARY, payload);
                return cpuNanos() - before;
            });
            slow.expect(Frames.hex("82 7f 00 00 00 00 04 00 00 00"));
            slow.socket().getInputStream().skipNBytes(payload.length);
            long seconds = java.util.concurrent.TimeUnit.NANOSECONDS.toSeconds(writing.result());
            assertEquals(0, seconds / 5, "seconds of processor time: " + seconds);
        }
    }

    private static long cpuNanos() {
        return java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
