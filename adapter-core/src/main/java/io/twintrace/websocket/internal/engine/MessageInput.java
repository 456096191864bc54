package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.MessageInflater;
import io.twintrace.websocket.internal.engine.FrameReader.Next;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.FrameSequence;
import io.twintrace.websocket.internal.frame.Masking;
import io.twintrace.websocket.internal.frame.Utf8Validator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The upper half of reading: one message after another, inflated where the peer has compressed it, text checked for
 * UTF-8 while it arrives. For the thread that holds the reading lock, or is in the listener's turn.
 */
final class MessageInput {
    /** How much shorter compression makes a text, more or less. */
    private static final int USUAL_RATIO = 4;

    private static final int SCRATCH_SIZE = 4096;

    private final FrameReader frames;
    private final FrameSequence sequence;
    private final ByteCounter traffic;
    private final Utf8Validator utf8 = new Utf8Validator();

    /** Null where compression was not negotiated. */
    private final MessageInflater inflater;

    /** How much may be inflated at a time; null for no limit. */
    private WorkLimit limit;

    private MessageInputStream current;
    private MessageType type;
    private boolean text;
    private boolean compressed;

    /** The reader of a message that was dropped unfinished when this side closed: it must not look complete. */
    private MessageInputStream dropped;

    /**
     * Reads from {@code source} what follows the opening handshake.
     *
     * @param deflate what was agreed on about compression
     */
    MessageInput(
            InputBytes source,
            FrameWriter output,
            CloseHandshake closing,
            ByteCounter traffic,
            Optional<DeflateParameters> deflate,
            Shared shared) {
        this.traffic = traffic;
        this.sequence =
                new FrameSequence(shared.options().readLimit(), shared.options().fragmentLimit());
        FrameHeaderDecoder decoder = new FrameHeaderDecoder(true, deflate.isPresent());
        this.frames = new FrameReader(source, output, closing, traffic, decoder, sequence);
        this.inflater = deflate.map(agreed -> new MessageInflater(shared.pools().deflate(), agreed, frames::read))
                .orElse(null);
    }

    /** Has inflating pause, as if no more bytes had arrived, where the limit is reached. Before anything is read. */
    void limitInflating(WorkLimit workLimit) {
        limit = workLimit;
    }

    /** The lower half of reading. */
    FrameReader frames() {
        return frames;
    }

    /** Grows with everything that is read, be it an empty frame. Any thread, to which it may come a little late. */
    long progress() {
        return frames.framesBegun() + traffic.receivedOnWire();
    }

    /** From the next frame on. For any thread. */
    void readLimit(long bytes) {
        sequence.readLimit(bytes);
    }

    /** Reads the message that has begun; nobody else may read it any more. */
    MessageInputStream newReader(ReadHalf owner) {
        current = new MessageInputStream(owner, type);
        return current;
    }

    /** Drops what is left of the message before, and goes on to the next one. */
    Next next() throws IOException {
        skipMessage();
        current = null;
        Next next = frames.nextFrame();
        if (next == Next.FRAME) {
            type = frames.header().opcode().messageType();
            text = type == MessageType.TEXT;
            utf8.reset();
            compressed = frames.header().rsv1();
            if (compressed) {
                inflater.begin();
            }
        }
        return next;
    }

    /** The type of the message that has begun. */
    MessageType type() {
        return type;
    }

    boolean isDropped(MessageInputStream reader) {
        return dropped == reader;
    }

    boolean isCurrent(MessageInputStream reader) {
        return current == reader;
    }

    /**
     * Reads a piece of the current message.
     *
     * @return how many bytes; 0 when none have arrived, or {@code most} is 0; -1 at the message's end
     */
    int read(byte[] into, int offset, int most) throws IOException {
        if (compressed) {
            return inflate(ByteBuffer.wrap(into, offset, most));
        }
        int n = frames.read(into, offset, most);
        if (n > 0) {
            traffic.received(n);
            if (text) {
                utf8.accept(into, offset, n);
            }
        }
        finishText();
        return n;
    }

    /**
     * Inflates a piece of the current message, which must be compressed.
     *
     * @param into room for one byte at least
     * @return how many bytes; 0 when none have arrived, or inflating has to pause; -1 at the message's end
     */
    int inflate(ByteBuffer into) throws IOException {
        if (limit != null && !limit.mayInflate()) {
            return 0;
        }
        int n = inflater.read(into);
        if (n > 0) {
            if (limit != null) {
                limit.inflated(n);
            }
            traffic.received(n);
            sequence.acceptInflated(n);
            if (text) {
                utf8.accept(into, into.position() - n, n);
            }
        }
        finishText();
        return n;
    }

    private void finishText() throws ProtocolException {
        if (text && isComplete()) {
            utf8.finish();
        }
    }

    boolean isCompressed() {
        return compressed;
    }

    /**
     * Goes on to the next payload of a message that is not compressed, in another frame if need be.
     *
     * @return false when that has not arrived, or the message is complete
     */
    boolean toPayload() throws IOException {
        boolean more = frames.toPayload();
        finishText(); // an empty frame may have completed it
        return more;
    }

    /** Whether what is left of the message is that many bytes at most, and lies in its frames as it is. */
    boolean isAtMost(int bytes) {
        return !compressed && frames.isLastFrame() && frames.known() <= bytes;
    }

    /** Takes payload of a message that is not compressed, unmasking and checking it where it lies. */
    void takeInPlace(ByteBuffer bytes, int index, int length) throws ProtocolException {
        int key = frames.maskKey();
        long position = frames.position();
        if (!text) {
            Masking.apply(bytes, index, length, key, position);
        } else if (!Masking.applyIsAscii(bytes, index, length, key, position) || !utf8.isAtBoundary()) {
            utf8.accept(bytes, index, length);
        }
        frames.taken(length);
        traffic.received(length);
        finishText();
    }

    /** How many bytes of the message are known to come, inflated if need be. */
    long expected() {
        return compressed ? USUAL_RATIO * Math.min(frames.known(), Integer.MAX_VALUE) : frames.known();
    }

    /** How many bytes a message may have. */
    long limit() {
        return sequence.limit();
    }

    /** How many bytes of the message are to come; negative where that is not known yet. */
    long knownToCome() {
        return !compressed && frames.isLastFrame() ? frames.known() : -1;
    }

    /**
     * Drops frames as they are until the peer's Close frame, an error or a deadline. No message is read after that, so
     * nothing is inflated or looked at as text any more.
     *
     * @return false when not all has arrived
     */
    boolean readToClose() throws IOException {
        if (!isComplete()) {
            dropped = current;
        }
        release();
        byte[] scratch = new byte[SCRATCH_SIZE];
        Next next;
        do {
            int n;
            while ((n = frames.read(scratch, 0, scratch.length)) > 0) {}
            if (n == 0) {
                return false;
            }
        } while ((next = frames.nextFrame()) == Next.FRAME);
        return next == Next.END;
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
        int n;
        while ((n = read(scratch, 0, scratch.length)) >= 0) {
            assert n > 0 : "bytes that are missing are waited for";
        }
    }

    /** Whether the message has been read to its end. */
    boolean isComplete() {
        return compressed ? inflater.isDone() : frames.isComplete();
    }
}
