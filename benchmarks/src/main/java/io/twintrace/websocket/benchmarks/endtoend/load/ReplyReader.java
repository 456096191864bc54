package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/** Reads a server's frames as they arrive, and compares every byte with the expected one. Stores no message. */
final class ReplyReader {
    /** Receives the events of a reader. */
    interface Events {
        /** The next message is complete and correct. */
        void message();

        void control(int opcode, byte[] payload);
    }

    private static final int CONTINUATION = 0;
    private static final int FIRST_CONTROL = 8;
    private static final int LONGEST_CONTROL = 125;

    private final Payload payload;
    private final Events events;
    private final ByteBuffer header = ByteBuffer.allocate(2 + Long.BYTES);
    private final ByteBuffer control = ByteBuffer.allocate(LONGEST_CONTROL);

    /** Null unless the handshake has agreed on compression. */
    private InflatedReply inflated;

    private int headerLength = 2;
    private boolean inFrame;
    private boolean fin;
    private int opcode;
    private long frameRemaining;

    private boolean inMessage;
    private boolean compressed;
    private ByteBuffer expected;
    private int position;
    private long next;

    ReplyReader(Payload payload, Events events) {
        this.payload = payload;
        this.events = events;
    }

    void inflate(InflatedReply with) {
        this.inflated = with;
    }

    /** Sets the number of the next message. */
    void expect(long number) {
        this.next = number;
    }

    long lastNumber() {
        return next - 1;
    }

    /** Reads all bytes. */
    void read(ByteBuffer in) throws WrongReply {
        while (in.hasRemaining() || (inFrame && frameRemaining == 0)) {
            if (!inFrame) {
                readHeader(in);
            } else if (opcode >= FIRST_CONTROL) {
                readControl(in);
            } else {
                readData(in);
            }
        }
    }

    private void readHeader(ByteBuffer in) throws WrongReply {
        while (in.hasRemaining() && header.position() < headerLength) {
            header.put(in.get());
            if (header.position() == 2) {
                int length = header.get(1);
                headerLength = length == 126 ? 2 + Short.BYTES : length == 127 ? 2 + Long.BYTES : 2;
            }
        }
        if (header.position() < headerLength) {
            return;
        }
        int first = header.get(0) & 0xFF;
        fin = (first & 0x80) != 0;
        opcode = first & 0x0F;
        frameRemaining = switch (headerLength) {
            case 2 -> header.get(1);
            case 2 + Short.BYTES -> header.getShort(2) & 0xFFFF;
            default -> header.getLong(2);
        };
        WrongReply.unless(frameRemaining >= 0, "a frame that is masked or has an invalid length");
        header.clear();
        headerLength = 2;
        inFrame = true;
        control.clear();
        if (opcode < FIRST_CONTROL) {
            beginData((first & MaskedFrame.RSV1) != 0);
        } else {
            WrongReply.unless(frameRemaining <= LONGEST_CONTROL, "a control frame that is too long");
        }
    }

    private void beginData(boolean rsv1) throws WrongReply {
        if (inMessage) {
            WrongReply.unless(opcode == CONTINUATION, "a new message before the end of the last one");
            return;
        }
        WrongReply.unless(opcode == payload.opcode(), "opcode " + opcode + " instead of " + payload.opcode());
        WrongReply.unless(!rsv1 || inflated != null, "a compressed message, but compression was not negotiated");
        WrongReply.unless(rsv1 || inflated == null, "an uncompressed message, but compression was negotiated");
        inMessage = true;
        compressed = rsv1;
        expected = payload.expected(next);
        position = 0;
    }

    private void readControl(ByteBuffer in) {
        while (frameRemaining > 0 && in.hasRemaining()) {
            control.put(in.get());
            frameRemaining--;
        }
        if (frameRemaining == 0) {
            inFrame = false;
            byte[] copy = new byte[control.flip().remaining()];
            control.get(copy);
            events.control(opcode, copy);
        }
    }

    private void readData(ByteBuffer in) throws WrongReply {
        int count = (int) Math.min(frameRemaining, in.remaining());
        int limit = in.limit();
        in.limit(in.position() + count);
        if (compressed) {
            inflate(in, false);
        } else {
            compare(in);
        }
        in.limit(limit);
        frameRemaining -= count;
        if (frameRemaining > 0) {
            return;
        }
        inFrame = false;
        if (fin) {
            endMessage();
        }
    }

    private void endMessage() throws WrongReply {
        if (compressed) {
            inflate(null, true);
        }
        WrongReply.unless(position == expected.capacity(), "a message that is too short");
        inMessage = false;
        next++;
        events.message();
    }

    private void inflate(ByteBuffer in, boolean end) throws WrongReply {
        try {
            if (end) {
                inflated.end(this::compare);
            } else {
                inflated.add(in, this::compare);
            }
        } catch (DataFormatException e) {
            throw new WrongReply("invalid compressed data: " + e.getMessage());
        }
    }

    /** Compares all bytes with the expected ones at this place. */
    private void compare(ByteBuffer part) throws WrongReply {
        int end = position + part.remaining();
        WrongReply.unless(end <= expected.capacity(), "a message that is too long");
        expected.limit(end).position(position);
        int mismatch = expected.mismatch(part);
        WrongReply.unless(mismatch < 0, "message " + next + " is wrong at byte " + (position + mismatch));
        part.position(part.limit());
        position = end;
    }
}
