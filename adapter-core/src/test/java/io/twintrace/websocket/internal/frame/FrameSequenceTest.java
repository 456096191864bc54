package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.ProtocolException;
import org.junit.jupiter.api.Test;

/** The order of frames (RFC 6455 section 5.4) and the bounds of a message. */
class FrameSequenceTest {
    private static final boolean MORE = false;
    private static final boolean FIN = true;

    @Test
    void messageOfOneFrameIsWholeAtOnce() throws Exception {
        Limited sequence = new Limited(100, 10);
        sequence.accept(header(Opcode.TEXT, FIN, 5));
        assertFalse(sequence.insideMessage());
        sequence.accept(header(Opcode.BINARY, FIN, 5));
        assertFalse(sequence.insideMessage());
    }

    @Test
    void messageLastsUntilTheFinalFrame() throws Exception {
        Limited sequence = new Limited(100, 10);
        sequence.accept(header(Opcode.TEXT, MORE, 5));
        assertTrue(sequence.insideMessage());
        sequence.accept(header(Opcode.CONTINUATION, MORE, 5));
        assertTrue(sequence.insideMessage());
        sequence.accept(header(Opcode.CONTINUATION, FIN, 5));
        assertFalse(sequence.insideMessage());
    }

    @Test
    void continuationNeedsAMessage() throws Exception {
        Limited sequence = new Limited(100, 10);
        String message = "CONTINUATION frame without a message to continue (close code 1002)";
        assertRefused(sequence, header(Opcode.CONTINUATION, FIN, 0), 1002, message);
        assertRefused(sequence, header(Opcode.CONTINUATION, MORE, 0), 1002, message);
        sequence.accept(header(Opcode.TEXT, FIN, 1));
        assertRefused(sequence, header(Opcode.CONTINUATION, FIN, 0), 1002, message);
    }

    @Test
    void newMessageMayNotBeginInsideAnother() throws Exception {
        Limited sequence = new Limited(100, 10);
        sequence.accept(header(Opcode.TEXT, MORE, 1));
        assertRefused(
                sequence,
                header(Opcode.TEXT, FIN, 1),
                1002,
                "TEXT frame inside an unfinished message (close code 1002)");
        assertRefused(
                sequence,
                header(Opcode.BINARY, MORE, 1),
                1002,
                "BINARY frame inside an unfinished message (close code 1002)");
    }

    @Test
    void limitCountsTheBytesOfOneFrame() throws Exception {
        Limited sequence = new Limited(100, 10);
        sequence.accept(header(Opcode.TEXT, FIN, 100));
        assertTooBig(sequence, header(Opcode.TEXT, FIN, 101), 100);
    }

    @Test
    void limitCountsTheBytesOfAllFragments() throws Exception {
        Limited sequence = new Limited(100, 10);
        sequence.accept(header(Opcode.TEXT, MORE, 60));
        sequence.accept(header(Opcode.CONTINUATION, MORE, 40));
        sequence.accept(header(Opcode.CONTINUATION, MORE, 0));
        assertTooBig(sequence, header(Opcode.CONTINUATION, FIN, 1), 100);
    }

    @Test
    void eachMessageIsCountedFromZero() throws Exception {
        Limited sequence = new Limited(100, 2);
        for (int i = 0; i < 5; i++) {
            sequence.accept(header(Opcode.TEXT, MORE, 60));
            sequence.accept(header(Opcode.CONTINUATION, FIN, 40));
        }
    }

    @Test
    void changedLimitHoldsForTheMessageUnderWay() throws Exception {
        Limited sequence = new Limited(100, 10);
        sequence.accept(header(Opcode.TEXT, MORE, 60));
        sequence.readLimit(61);
        sequence.accept(header(Opcode.CONTINUATION, MORE, 1));
        assertTooBig(sequence, header(Opcode.CONTINUATION, FIN, 1), 61);
    }

    @Test
    void limitBelowWhatHasComeFailsTheNextFrame() throws Exception {
        Limited sequence = new Limited(100, 10);
        sequence.accept(header(Opcode.TEXT, MORE, 60));
        sequence.readLimit(50);
        assertTooBig(sequence, header(Opcode.CONTINUATION, FIN, 0), 50);
    }

    @Test
    void zeroMeansNoLimit() throws Exception {
        Limited sequence = new Limited(0, 10);
        sequence.accept(header(Opcode.TEXT, MORE, Long.MAX_VALUE - 1));
        sequence.accept(header(Opcode.CONTINUATION, FIN, 1));
    }

    @Test
    void lengthsThatAddUpPast2To63AreTooBig() throws Exception {
        Limited unlimited = new Limited(0, 10);
        unlimited.accept(header(Opcode.TEXT, MORE, Long.MAX_VALUE));
        assertTooBig(unlimited, header(Opcode.CONTINUATION, FIN, 1), Long.MAX_VALUE);

        Limited limited = new Limited(100, 10);
        limited.accept(header(Opcode.TEXT, MORE, 1));
        assertTooBig(limited, header(Opcode.CONTINUATION, FIN, Long.MAX_VALUE), 100);
    }

    @Test
    void numberOfFragmentsHasALimit() throws Exception {
        Limited sequence = new Limited(100, 3);
        sequence.accept(header(Opcode.BINARY, MORE, 1));
        sequence.accept(header(Opcode.CONTINUATION, MORE, 1));
        sequence.accept(header(Opcode.CONTINUATION, MORE, 1));
        assertRefused(
                sequence,
                header(Opcode.CONTINUATION, FIN, 1),
                1008,
                "message of more than 3 fragments (close code 1008)");
    }

    @Test
    void emptyFragmentsCountAsFragments() throws Exception {
        Limited sequence = new Limited(100, 1000);
        sequence.accept(header(Opcode.TEXT, MORE, 0));
        for (int i = 1; i < 1000; i++) {
            sequence.accept(header(Opcode.CONTINUATION, MORE, 0));
        }
        assertRefused(
                sequence,
                header(Opcode.CONTINUATION, MORE, 0),
                1008,
                "message of more than 1000 fragments (close code 1008)");
    }

    /** The frames of one connection, and its limits. */
    private static final class Limited implements MessageLimits {
        private final FrameSequence sequence = new FrameSequence();
        private final int fragmentLimit;

        private long readLimit;

        Limited(long readLimit, int fragmentLimit) {
            this.readLimit = readLimit;
            this.fragmentLimit = fragmentLimit;
        }

        @Override
        public long readLimit() {
            return readLimit;
        }

        void readLimit(long bytes) {
            readLimit = bytes;
        }

        @Override
        public int fragmentLimit() {
            return fragmentLimit;
        }

        void accept(FrameHeader header) throws ProtocolException {
            sequence.accept(header, this);
        }

        boolean insideMessage() {
            return sequence.insideMessage();
        }
    }

    private static FrameHeader header(Opcode opcode, boolean fin, long length) {
        FrameHeader header = new FrameHeader();
        header.opcode = opcode;
        header.fin = fin;
        header.payloadLength = length;
        return header;
    }

    private static void assertTooBig(Limited sequence, FrameHeader header, long limit) {
        MessageTooBigException e = assertThrows(MessageTooBigException.class, () -> sequence.accept(header));
        assertEquals(1009, e.closeCode());
        assertEquals(limit, e.limit());
        assertEquals(
                "message is larger than the read limit of " + limit
                        + " bytes; raise it with the init-param read-limit, readLimit in the options, or setReadLimit"
                        + " (close code 1009)",
                e.getMessage());
    }

    private static void assertRefused(Limited sequence, FrameHeader header, int closeCode, String message) {
        ProtocolException e = assertThrows(ProtocolException.class, () -> sequence.accept(header));
        assertEquals(message, e.getMessage());
        assertEquals(closeCode, e.closeCode());
    }
}
