package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageWriterTest {
    /** The write buffer's size less the room for the longest header. */
    private static final int ROOM = 256 - 10;

    private final TestPeer peer =
            TestPeer.connect(TestPeer.quick().writeBufferSize(256).build());
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void aShortMessageIsOneFrame() throws Exception {
        try (MessageWriter writer = connection.nextWriter(MessageType.TEXT)) {
            assertEquals(MessageType.TEXT, writer.type());
            writer.write("Hel");
            writer.write(Frames.utf8("lo"));
        }
        peer.expectHex("81 05 48 65 6c 6c 6f");
    }

    @Test
    void anEmptyMessageIsAnEmptyFrame() throws Exception {
        connection.nextWriter(MessageType.BINARY).close();
        peer.expectHex("82 00");
    }

    @Test
    void aBufferThatOverflowsLeavesAsAFragment() throws Exception {
        byte[] payload = Frames.pattern(2 * ROOM + 1);
        try (MessageWriter writer = connection.nextWriter(MessageType.BINARY)) {
            for (byte b : payload) {
                writer.write(b);
            }
        }
        peer.expectFrame(BINARY, Arrays.copyOf(payload, ROOM))
                .expectFrame(CONTINUATION, Arrays.copyOfRange(payload, ROOM, 2 * ROOM))
                .expectFrame(FIN | CONTINUATION, Arrays.copyOfRange(payload, 2 * ROOM, payload.length));
    }

    @Test
    void aMessageThatJustFillsTheBufferIsOneFrame() throws Exception {
        try (MessageWriter writer = connection.nextWriter(MessageType.BINARY)) {
            writer.write(Frames.pattern(ROOM));
        }
        peer.expectFrame(FIN | BINARY, Frames.pattern(ROOM));
    }

    @Test
    void flushSendsWhatIsThereAndNothingWhenNothingIs() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.flush();
        writer.write("a");
        writer.flush();
        writer.flush();
        peer.expectHex("01 01 61");
        writer.write("b");
        writer.close();
        peer.expectHex("80 01 62");
    }

    @Test
    void aLargePieceLeavesAsAFragmentOfItsOwnBehindWhatIsBuffered() throws Exception {
        byte[] large = Frames.pattern(100_000);
        try (MessageWriter writer = connection.nextWriter(MessageType.BINARY)) {
            writer.write(1);
            writer.write(large);
            writer.write(2);
        }
        peer.expectHex("02 01 01").expectFrame(CONTINUATION, large).expectHex("80 01 02");
    }

    @Test
    void aStreamIsTransferredToItsEnd() throws Exception {
        byte[] all = Frames.pattern(20_000);
        try (MessageWriter writer = connection.nextWriter(MessageType.BINARY)) {
            assertEquals(20_000, writer.transferFrom(new ByteArrayInputStream(all)));
            assertEquals(0, writer.transferFrom(new ByteArrayInputStream(new byte[0])));
        }
        peer.expectFrame(BINARY, Arrays.copyOf(all, 8192))
                .expectFrame(CONTINUATION, Arrays.copyOfRange(all, 8192, 16384))
                .expectFrame(CONTINUATION, Arrays.copyOfRange(all, 16384, 20_000))
                .expectHex("80 00");
    }

    @Test
    void anIncomingMessageIsTransferredAsItArrives() throws Exception {
        peer.send(Frames.masked(TEXT, Frames.utf8("grü")), Frames.masked(FIN, Frames.utf8("ß")));
        try (MessageWriter writer = connection.nextWriter(MessageType.TEXT)) {
            writer.transferFrom(connection.nextReader());
        }
        peer.expectFrame(FIN | TEXT, Frames.utf8("grüß"));
    }

    @Test
    void aSurrogatePairMayBeSplitBetweenTwoCalls() throws Exception {
        try (MessageWriter writer = connection.nextWriter(MessageType.TEXT)) {
            writer.write("a\uD83D");
            writer.write("");
            writer.write("\uDE00z");
        }
        peer.expectFrame(FIN | TEXT, Frames.utf8("a\uD83D\uDE00z"));
    }

    @Test
    void halfAPairIsAQuestionMarkInItsPlace() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write("a\uD83D");
        writer.write(Frames.utf8("b"));
        writer.write("c\uD83D");
        writer.transferFrom(new ByteArrayInputStream(Frames.utf8("d")));
        writer.write("e\uD83D");
        writer.close();
        peer.expectFrame(FIN | TEXT, Frames.utf8("a?bc?de?"));
    }

    @Test
    void startingANewMessageCompletesTheOpenOne() throws Exception {
        MessageWriter first = connection.nextWriter(MessageType.TEXT);
        first.write("one");
        connection.writeMessage("two");
        MessageWriter third = connection.nextWriter(MessageType.TEXT);
        third.write("three");
        connection.writePrepared(PreparedMessage.text("four"));
        connection.nextWriter(MessageType.TEXT).write("five");
        connection.writeJson(6);
        for (String text : new String[] {"one", "two", "three", "four", "five", "6"}) {
            peer.expectFrame(FIN | TEXT, Frames.utf8(text));
        }
        first.close();
        IOException e = assertThrows(IOException.class, () -> third.write("more"));
        assertEquals("this MessageWriter's message is complete; get another one from nextWriter", e.getMessage());
        assertThrows(IOException.class, third::flush);
    }

    @Test
    void bytesThatAreNotTextAreRefusedAndTheMessageGoesOn() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write(Frames.hex("61 c3"));
        assertThrows(IllegalArgumentException.class, () -> writer.write(Frames.hex("a9 ff")));
        assertThrows(IllegalArgumentException.class, () -> writer.write(Frames.hex("28")));
        writer.write(Frames.hex("a9"));
        writer.close();
        peer.expectFrame(FIN | TEXT, Frames.utf8("aé"));
    }

    @Test
    void aTextThatEndsInsideACharacterIsNotSent() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write(Frames.hex("61 c3"));
        assertThrows(IllegalArgumentException.class, writer::close);
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    @Test
    void aFlushedTextThatEndsInsideACharacterClosesTheConnection() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write(Frames.hex("61 c3"));
        writer.flush();
        assertThrows(IllegalArgumentException.class, writer::close);
        peer.expectHex("01 02 61 c3").expectClose(1011, "unfinished message");
        assertThrows(CloseSentException.class, () -> connection.writeMessage("more"));
    }

    @Test
    void anotherMessageDoesNotHideThatTheOpenOneEndsInsideACharacter() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write(Frames.hex("61 c3"));
        assertThrows(
                IllegalArgumentException.class, () -> connection.writeMessage(MessageType.TEXT, Frames.utf8("whole")));
        connection.writeMessage("ok");
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }

    @Test
    void aRefusedMessageLeavesTheOpenOneAlone() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        writer.write(Frames.hex("61 c3"));
        assertThrows(IllegalArgumentException.class, () -> connection.writeMessage(MessageType.TEXT, Frames.hex("ff")));
        writer.write(Frames.hex("a9"));
        writer.close();
        peer.expectFrame(FIN | TEXT, Frames.utf8("aé"));
    }

    @Test
    void aWriterHoldsItsBufferOnlyWhileItIsOpen() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        assertEquals(1, Shared.of(peer.options()).pools().write().lent());
        writer.close();
        writer.close();
        assertEquals(0, Shared.of(peer.options()).pools().write().lent());
    }

    @Test
    void aWriterThatIsNeverClosedGivesItsBufferBackWithTheConnection() throws Exception {
        connection.nextWriter(MessageType.TEXT).write("never sent");
        connection.abort();
        peer.expectNothingLent();
    }

    @Test
    void wrongBoundsAreTheCallersMistakeAndHarmless() throws Exception {
        MessageWriter writer = connection.nextWriter(MessageType.TEXT);
        assertThrows(IndexOutOfBoundsException.class, () -> writer.write(new byte[2], 1, 2));
        assertThrows(NullPointerException.class, () -> connection.nextWriter(null));
        writer.write("ok");
        writer.close();
        peer.expectFrame(FIN | TEXT, Frames.utf8("ok"));
    }
}
