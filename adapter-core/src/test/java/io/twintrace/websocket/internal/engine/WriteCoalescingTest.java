package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.binary;
import static io.twintrace.websocket.fixture.Frames.concat;
import static io.twintrace.websocket.fixture.Frames.pattern;
import static io.twintrace.websocket.fixture.Frames.ping;
import static io.twintrace.websocket.fixture.Frames.plain;
import static io.twintrace.websocket.fixture.Frames.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TalkTransport;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Small answers of a reading handler leave together, and none of them is left behind. */
class WriteCoalescingTest {
    private static final String A = "810161";
    private static final String B = "810162";
    private static final String C = "810163";

    private WebSocketOptions options = patient().build();
    private TalkTransport transport;
    private BlockingConnection connection;

    /** Options with which no output leaves merely because time passes. */
    private static WebSocketOptions.Builder patient() {
        return TestPeer.quick().coalescingDelay(Duration.ofHours(1));
    }

    /** The server has read nothing yet. */
    private void arriving(byte[]... pieces) {
        transport = TalkTransport.arriving(pieces);
        connection = transport.connection(options);
    }

    private void echo() throws IOException {
        connection.writeMessage(connection.readMessage().text());
    }

    @AfterEach
    void nothingIsKept() {
        connection.abort();
        assertEquals(0, Shared.of(options).pools().input().lent());
        assertEquals(0, Shared.of(options).pools().write().lent());
    }

    @Test
    void answersToOneArrivalLeaveInOneWriteAndTheLastOneIsNotHeld() throws Exception {
        arriving(concat(text("a"), text("b"), text("c")));
        echo();
        echo();
        assertEquals(List.of(), transport.writes());
        echo();
        assertEquals(List.of(A + B + C), transport.writes());
    }

    @Test
    void answersToTwoArrivalsLeaveInTwoWrites() throws Exception {
        arriving(concat(text("a"), text("b")), text("c"));
        echo();
        echo();
        echo();
        assertEquals(List.of("read", A + B, "read", C), transport.talk());
    }

    @Test
    void whatWasPutAsideLeavesBeforeTheRestOfAFrameIsWaitedFor() throws Exception {
        byte[] next = text("b");
        arriving(concat(text("a"), Arrays.copyOf(next, 3)), Arrays.copyOfRange(next, 3, next.length));
        echo();
        assertEquals(List.of("read"), transport.talk());
        echo();
        assertEquals(List.of("read", A, "read", B), transport.talk());
    }

    @Test
    void soItDoesBeforeTheRestOfAPayloadIsWaitedForInPieces() throws Exception {
        byte[] next = text("bb");
        arriving(concat(text("a"), Arrays.copyOf(next, 7)), Arrays.copyOfRange(next, 7, next.length));
        echo();
        MessageReader reader = connection.nextReader();
        assertEquals('b', reader.read());
        assertEquals(List.of("read"), transport.talk());
        assertEquals('b', reader.read());
        assertEquals(List.of("read", A, "read"), transport.talk());
    }

    @Test
    void everyKindOfMessageIsPutAsideAndTheyKeepTheirOrder() throws Exception {
        arriving(concat(text("x"), text("y")));
        connection.readMessage();
        connection.writePrepared(PreparedMessage.text("a"));
        connection.writeMessage(MessageType.BINARY, new byte[] {1});
        connection.writeJson(1);
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("b");
        writer.close();
        assertEquals(List.of(), transport.writes());
        connection.flush();
        assertEquals(List.of(A + "820101" + "810131" + B), transport.writes());
    }

    @Test
    void flushSendsAtOnce() throws Exception {
        arriving(concat(text("a"), text("b")));
        echo();
        connection.flush();
        assertEquals(List.of(A), transport.writes());
        connection.flush();
        assertEquals(List.of(A), transport.writes());
    }

    @Test
    void flushOfAnotherThreadSendsToo() throws Exception {
        arriving(concat(text("a"), text("b")));
        echo();
        Background.run(connection::flush).result();
        assertEquals(List.of(A), transport.writes());
    }

    @Test
    void thePieceThatAWriterFlushesCanBeSeenAtOnce() throws Exception {
        arriving(concat(text("a"), text("b")));
        connection.readMessage();
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("a");
        writer.flush();
        assertEquals(List.of("010161"), transport.writes());
        writer.close();
    }

    @Test
    void turnedOffEveryMessageLeavesByItself() throws Exception {
        options = TestPeer.quick().writeCoalescing(false).build();
        arriving(concat(text("a"), text("b")));
        echo();
        assertEquals(List.of(A), transport.writes());
        echo();
        assertEquals(List.of(A, B), transport.writes());
    }

    @Test
    void anotherThreadsMessageGoesBehindWhatWasPutAside() throws Exception {
        arriving(concat(text("a"), text("x")));
        echo();
        Background.run(() -> connection.writeMessage("b")).result();
        assertEquals(List.of(A + B), transport.writes());
        connection.writeMessage("c");
        connection.flush();
        assertEquals(List.of(A + B, C), transport.writes());
    }

    @Test
    void anotherThreadsLargeMessageGoesBehindWhatWasPutAside() throws Exception {
        arriving(concat(text("a"), text("x")));
        echo();
        byte[] much = pattern(300_000);
        Background.run(() -> connection.writeMessage(MessageType.BINARY, much)).result();
        byte[] expected = concat(Frames.hex(A), plain(0x82, much));
        assertArrayEquals(expected, HexFormat.of().parseHex(String.join("", transport.writes())));
    }

    @Test
    void theOutboxGoesBehindWhatWasPutAside() throws Exception {
        arriving(concat(text("a"), text("x")));
        echo();
        connection.outbox().offer("b");
        connection.outbox().flush(java.time.Duration.ofSeconds(Background.PATIENCE_SECONDS));
        assertEquals(List.of(A + B), transport.writes());
    }

    @Test
    void aCloseFrameGoesBehindWhatWasPutAside() throws Exception {
        arriving(concat(text("a"), text("b")));
        echo();
        connection.beginClose(4000, "");
        assertEquals(List.of(A + "88020fa0"), transport.writes());
    }

    @Test
    void theAnswerToThePeersCloseFrameGoesBehindWhatWasPutAside() throws Exception {
        arriving(concat(text("a"), Frames.close(1001)));
        echo();
        assertEquals(null, connection.readMessage());
        assertEquals(List.of(A + "880203e9"), transport.writes());
    }

    @Test
    void aHandlerThatReturnsWithoutReadingOnHasEverythingSent() throws Exception {
        arriving(concat(text("a"), text("b"), Frames.close(1000)));
        echo();
        connection.close();
        assertEquals(List.of(A + "880203e8"), transport.writes());
    }

    @Test
    void aControlFrameSendsWhatWasPutAsideBeforeIt() throws Exception {
        arriving(concat(text("a"), text("b")));
        echo();
        connection.writeControl(ControlType.PING, new byte[] {7}, null);
        assertEquals(List.of(A + "890107"), transport.writes());
    }

    @Test
    void aPongWaitsForNothing() throws Exception {
        arriving(concat(ping("p"), text("a"), ping("q"), text("b"), text("c")));
        connection.readMessage();
        assertEquals(List.of("8a0170"), transport.writes());
        connection.writeMessage("a");
        connection.readMessage();
        assertEquals(List.of("8a0170", A + "8a0171"), transport.writes());
    }

    @Test
    void moreThanABufferHoldsLeavesEarly() throws Exception {
        options = patient().writeBufferSize(256).build();
        arriving(concat(text("x"), text("y")));
        connection.readMessage();
        byte[] hundred = pattern(100);
        for (int i = 0; i < 7; i++) {
            connection.writeMessage(MessageType.BINARY, hundred);
        }
        String frame = HexFormat.of().formatHex(plain(0x82, hundred));
        assertEquals(List.of(frame.repeat(3), frame.repeat(3)), transport.writes());
        connection.flush();
        assertEquals(List.of(frame.repeat(3), frame.repeat(3), frame), transport.writes());
    }

    @Test
    void largeAndSmallAnswersKeepTheirOrder() throws Exception {
        byte[] large = pattern(100_000);
        options = patient().readBufferSize(1 << 19).build();
        arriving(concat(text("a"), binary(large), text("b"), binary(large), text("c")));
        for (int i = 0; i < 5; i++) {
            Message message = connection.readMessage();
            connection.writeMessage(message.type(), message.payload());
        }
        byte[] expected = concat(Frames.hex(A), plain(0x82, large), Frames.hex(B), plain(0x82, large), Frames.hex(C));
        assertArrayEquals(expected, HexFormat.of().parseHex(String.join("", transport.writes())));
        assertEquals(3, transport.writes().size());
    }

    @Test
    void underADeadlineOfTheApplicationEveryMessageLeavesAtOnce() throws Exception {
        arriving(concat(text("a"), text("b"), text("c")));
        echo();
        connection.setWriteDeadline(Instant.now().plusSeconds(60));
        echo();
        assertEquals(List.of(A + B), transport.writes());
        connection.writeMessage("c");
        connection.writePrepared(PreparedMessage.text("a"));
        assertEquals(List.of(A + B, C, A), transport.writes());
    }

    @Test
    void anAbortDropsWhatWasPutAsideAndGivesItsBufferBack() throws Exception {
        arriving(concat(text("a"), text("b")));
        echo();
        assertEquals(1, Shared.of(options).pools().write().lent());
        connection.abort();
        assertEquals(List.of(), transport.writes());
        assertEquals(0, Shared.of(options).pools().write().lent());
        assertThrows(IOException.class, () -> connection.writeMessage("c"));
        connection.flush();
        assertEquals(List.of(), transport.writes());
    }

    @Test
    void whatGoesWrongAtTheFlushShowsAtTheNextWrite() throws Exception {
        arriving(concat(text("a"), text("b")));
        echo();
        IOException pipe = new IOException("broken pipe");
        transport.failWith(pipe);
        connection.flush();
        assertFalse(connection.isOpen());
        assertSame(
                pipe,
                assertThrows(IOException.class, () -> connection.writeMessage("b"))
                        .getCause());
        assertThrows(IOException.class, () -> connection.writeControl(ControlType.PING, new byte[0], null));
    }

    @Test
    void whatGoesWrongAtTheFlushBeforeReadingShowsThereAndThen() throws Exception {
        arriving(concat(text("a"), text("b"), new byte[] {(byte) 0x81}), text("c"));
        echo();
        IOException pipe = new IOException("broken pipe");
        transport.failWith(pipe);
        connection.readMessage(); // has arrived already
        IOException e = assertThrows(IOException.class, connection::readMessage);
        assertSame(pipe, e.getCause());
        assertSame(
                pipe,
                assertThrows(IOException.class, () -> connection.writeMessage("b"))
                        .getCause());
    }

    /** The reading thread may change. */
    @Test
    void aThreadThatDoesNotReadAnyMoreHasNothingPutAside() throws Exception {
        arriving(concat(text("a"), text("b"), text("c")));
        echo();
        Background.run(this::echo).result();
        assertEquals(List.of(), transport.writes());
        connection.writeMessage("c");
        assertEquals(List.of(A + B + C), transport.writes());
    }
}
