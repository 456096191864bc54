package io.twintrace.websocket;

import io.twintrace.websocket.deflate.MessageInflater;
import io.twintrace.websocket.frame.FrameHeader;
import io.twintrace.websocket.frame.FrameSequence;
import io.twintrace.websocket.frame.MessageTooBigException;
import io.twintrace.websocket.frame.Opcode;
import io.twintrace.websocket.frame.Utf8Validator;
import java.io.IOException;
import java.util.Arrays;

/**
 * The upper half of reading: one message after another, inflated where the peer has compressed it, text checked for UTF-8
 * while it arrives. For the thread that holds the reading lock.
 */
final class MessageInput {
    /** Payloads up to here are allocated at once; larger ones grow as they arrive, whatever the peer declares. */
    private static final int TRUSTED_LENGTH = 16 * 1024;

    /** How much shorter compression makes a text, more or less. */
    private static final int USUAL_RATIO = 4;

    private static final int SCRATCH_SIZE = 4096;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final FrameInput frames;
    private final FrameSequence sequence;
    private final Traffic traffic;
    private final Utf8Validator utf8 = new Utf8Validator();

    /** Null where compression was not negotiated. */
    private final MessageInflater inflater;

    private MessageReader current;
    private boolean text;
    private boolean compressed;

    /** The reader of a message that was dropped unfinished when this side closed: it must not look complete. */
    private MessageReader dropped;

    MessageInput(FrameInput frames, FrameSequence sequence, Traffic traffic, MessageInflater inflater) {
        this.frames = frames;
        this.sequence = sequence;
        this.traffic = traffic;
        this.inflater = inflater;
    }

    /** Drops what is left of the message before, and waits for the next one; null when the peer has closed. */
    MessageReader nextReader(ReadHalf owner) throws IOException {
        skipMessage();
        FrameHeader first = frames.nextMessage();
        if (first == null) {
            return null;
        }
        text = first.opcode() == Opcode.TEXT;
        utf8.reset();
        compressed = first.rsv1();
        if (compressed) {
            inflater.begin();
        }
        current = new MessageReader(owner, MessageType.of(first.opcode()));
        return current;
    }

    boolean isDropped(MessageReader reader) {
        return dropped == reader;
    }

    boolean isCurrent(MessageReader reader) {
        return current == reader;
    }

    /** Reads the whole message that {@link #nextReader} has begun. */
    byte[] readAll() throws IOException {
        byte[] bytes = new byte[(int) Math.min(expectedLength(), TRUSTED_LENGTH)];
        int length = 0;
        while (!isComplete()) {
            if (length < bytes.length) {
                length += Math.max(0, read(bytes, length, bytes.length - length));
            } else {
                // Compressed data does not tell its length, so the array is enlarged only once there is more.
                byte[] next = new byte[1];
                if (read(next, 0, 1) > 0) {
                    bytes = Arrays.copyOf(bytes, grown(length));
                    bytes[length++] = next[0];
                }
            }
        }
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private long expectedLength() {
        long known = Math.min(frames.known(), TRUSTED_LENGTH); // as declared, up to 2^63-1
        return compressed ? USUAL_RATIO * known : known;
    }

    private int grown(int length) throws MessageTooBigException {
        if (length == LARGEST_ARRAY) {
            throw new MessageTooBigException(LARGEST_ARRAY);
        }
        // Doubled, so that memory follows what has arrived; not beyond the end, where that is known.
        long wanted = Math.max(2L * length, 1024);
        if (!compressed && frames.isLastFrame()) {
            wanted = Math.min(wanted, length + 1 + frames.known());
        }
        wanted = Math.min(wanted, Math.max(sequence.limit(), length + 1L));
        return (int) Math.min(wanted, LARGEST_ARRAY);
    }

    /**
     * Reads a piece of the current message.
     *
     * @return how many bytes, at least one unless {@code most} is 0; -1 at the message's end
     */
    int read(byte[] into, int offset, int most) throws IOException {
        if (isComplete()) {
            return -1;
        }
        int n = compressed ? inflater.read(into, offset, most) : frames.read(into, offset, most);
        if (n > 0) {
            traffic.received(n);
            if (compressed) {
                sequence.acceptInflated(n);
            }
            if (text) {
                utf8.accept(into, offset, n);
            }
        }
        if (text && isComplete()) {
            utf8.finish();
        }
        return n;
    }

    /**
     * Drops frames as they are until the peer's Close frame, an error or a deadline. No message is read after that, so
     * nothing is inflated or looked at as text any more.
     */
    void readToClose() throws IOException {
        if (!isComplete()) {
            dropped = current;
        }
        release();
        byte[] scratch = new byte[SCRATCH_SIZE];
        do {
            while (frames.read(scratch, 0, scratch.length) >= 0) {}
        } while (frames.nextMessage() != null);
    }

    /** Gives back what is held for a message that will not be read further. */
    void release() {
        if (inflater != null) {
            inflater.release();
        }
    }

    private void skipMessage() throws IOException {
        if (isComplete()) {
            return;
        }
        byte[] scratch = new byte[SCRATCH_SIZE];
        while (read(scratch, 0, scratch.length) >= 0) {}
    }

    private boolean isComplete() {
        return compressed ? inflater.isDone() : frames.isComplete();
    }
}
