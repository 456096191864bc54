package io.twintrace.websocket.benchmarks.endtoend.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A benchmark that overlooks wrong replies would be worth nothing. */
class ReplyReaderTest {
    private static final int SIZE = 40;
    private static final int TEXT = 0x81;
    private static final int TEXT_NOT_LAST = 0x01;
    private static final int LAST = 0x80;
    private static final int CLOSE = 0x88;

    private final Payload payload = new NumberedText(7, SIZE);
    private final Log log = new Log();
    private final ReplyReader reader = new ReplyReader(new NumberedText(7, SIZE), log);

    @Test
    void whatWasSentIsRight() throws WrongReply {
        reader.read(ByteBuffer.wrap(frame(TEXT, message(0))));
        reader.read(ByteBuffer.wrap(frame(TEXT, message(1))));
        assertEquals("mm", log.events.toString());
        assertEquals(1, reader.lastNumber());
    }

    @Test
    void binaryDataIsExpectedWhereBinaryDataWasSent() throws WrongReply {
        ReplyReader binary = new ReplyReader(new NumberedText(7, SIZE, false, true), log);
        binary.read(ByteBuffer.wrap(frame(0x82, message(0))));
        assertEquals("m", log.events.toString());
        assertThrows(WrongReply.class, () -> binary.read(ByteBuffer.wrap(frame(TEXT, message(1)))));
    }

    @Test
    void byteByByte() throws WrongReply {
        for (byte each : frame(TEXT, message(0))) {
            reader.read(ByteBuffer.wrap(new byte[] {each}));
        }
        assertEquals("m", log.events.toString());
    }

    @Test
    void inFragmentsWithAControlFrameBetween() throws WrongReply {
        byte[] message = message(0);
        reader.read(ByteBuffer.wrap(frame(TEXT_NOT_LAST, Arrays.copyOf(message, 11))));
        reader.read(ByteBuffer.wrap(frame(CLOSE, new byte[0])));
        reader.read(ByteBuffer.wrap(frame(LAST, Arrays.copyOfRange(message, 11, SIZE))));
        assertEquals("8m", log.events.toString());
    }

    @Test
    void everyByteCounts() {
        for (int i = 0; i < SIZE; i++) {
            byte[] message = message(0);
            message[i] ^= 1;
            assertWrong("wrong at byte " + i, frame(TEXT, message));
        }
    }

    @Test
    void lostAndDoubledAndForeignMessages() {
        assertWrong("message 0 is wrong", frame(TEXT, message(1)));
        byte[] foreign = new byte[SIZE];
        new NumberedText(8, SIZE).expected(0).get(0, foreign);
        assertWrong("message 0 is wrong", frame(TEXT, foreign));
    }

    @Test
    void tooShortTooLongAndNotText() {
        assertWrong("too short", frame(TEXT, Arrays.copyOf(message(0), SIZE - 1)));
        assertWrong("too long", frame(TEXT, Arrays.copyOf(message(0), SIZE + 1)));
        assertWrong("opcode 2", frame(0x82, message(0)));
        assertWrong("not negotiated", frame(TEXT | MaskedFrame.RSV1, message(0)));
    }

    private void assertWrong(String why, byte[] frame) {
        ReplyReader fresh = new ReplyReader(new NumberedText(7, SIZE), log);
        String message = assertThrows(WrongReply.class, () -> fresh.read(ByteBuffer.wrap(frame)))
                .getMessage();
        assertTrue(message.contains(why), message);
    }

    private byte[] message(long number) {
        byte[] copy = new byte[SIZE];
        payload.expected(number).get(0, copy);
        return copy;
    }

    /** A frame as a server sends it. */
    private static byte[] frame(int first, byte[] body) {
        return ByteBuffer.allocate(2 + body.length)
                .put((byte) first)
                .put((byte) body.length)
                .put(body)
                .array();
    }

    private static final class Log implements ReplyReader.Events {
        private final StringBuilder events = new StringBuilder();

        @Override
        public void message() {
            events.append('m');
        }

        @Override
        public void control(int opcode, byte[] body) {
            events.append(opcode);
        }
    }
}
