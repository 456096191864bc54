package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.deflate.MessageInflater;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.FrameSequence;
import io.twintrace.websocket.internal.frame.Masking;
import io.twintrace.websocket.internal.frame.Utf8Validator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Turns frames into messages: inflates compressed messages (RFC 7692), and checks text for UTF-8 as it arrives. Only
 * the reading thread calls these methods.
 */
final class MessageDecoder {
    /** The usual ratio by which compression shortens text. */
    private static final int USUAL_RATIO = 4;

    private static final int SCRATCH_SIZE = 4096;

    private static final FrameHeaderDecoder WITH_DEFLATE = new FrameHeaderDecoder(true, true);
    private static final FrameHeaderDecoder WITHOUT_DEFLATE = new FrameHeaderDecoder(true, false);

    private final ReadBuffer buffer;
    private final FrameReader frames;
    private final FrameSequence sequence = new FrameSequence();
    private final Utf8Validator utf8 = new Utf8Validator();

    /** Null if compression was not negotiated. */
    private final MessageInflater inflater;

    private final TurnBudget budget;

    private MessageType type;
    private boolean text;
    private boolean compressed;

    MessageDecoder(ReadBuffer buffer, Optional<DeflateParameters> deflate, DeflatePool pool, TurnBudget budget) {
        this.buffer = buffer;
        this.budget = budget;
        FrameHeaderDecoder headers = deflate.isPresent() ? WITH_DEFLATE : WITHOUT_DEFLATE;
        this.frames = new FrameReader(buffer, headers, sequence);
        this.inflater = deflate.map(agreed -> new MessageInflater(pool, agreed, frames::read, budget::mayInflateOn))
                .orElse(null);
    }

    FrameReader frames() {
        return frames;
    }

    /** Returns whether nothing is kept from one message to the next. */
    boolean isAtRest() {
        return inflater == null && frames.isAtRest();
    }

    /** Drops the rest of the current message, and moves to the next one. */
    Next next() throws IOException {
        if (!skipMessage()) {
            return Next.NOTHING_NOW;
        }
        Next next = frames.nextFrame();
        if (next == Next.BEGUN) {
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

    /** Returns the type of the current message. */
    MessageType type() {
        return type;
    }

    /**
     * Reads a piece of the current message.
     *
     * @return how many bytes; 0 if none have arrived or {@code most} is 0; -1 at the message's end
     */
    int read(byte[] into, int offset, int most) throws IOException {
        if (compressed) {
            return inflate(ByteBuffer.wrap(into, offset, most));
        }
        int n = frames.read(into, offset, most);
        if (n > 0) {
            buffer.source().counter().received(n);
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
     * @param into has room for at least one byte
     * @return how many bytes; 0 if none have arrived or inflating has to pause; -1 at the message's end
     */
    int inflate(ByteBuffer into) throws IOException {
        if (!budget.mayInflate()) {
            return 0;
        }
        int n = inflater.read(into);
        if (n > 0) {
            budget.inflated(n);
            buffer.source().counter().received(n);
            sequence.acceptInflated(n, buffer.source());
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
     * Moves to the next payload of a message that is not compressed, in another frame if necessary.
     *
     * @return false if that payload has not arrived, or the message is complete
     */
    boolean toPayload() throws IOException {
        boolean more = frames.toPayload();
        finishText(); // an empty frame may have completed the message
        return more;
    }

    /** Returns whether at most this many bytes of the message are left, in its last frame and not compressed. */
    boolean isAtMost(int bytes) {
        return !compressed && frames.isLastFrame() && frames.known() <= bytes;
    }

    /** Takes payload of a message that is not compressed. Unmasks and checks it where it lies. */
    void takeInPlace(ByteBuffer bytes, int index, int length) throws ProtocolException {
        int key = frames.maskKey();
        long position = frames.position();
        if (!text) {
            Masking.apply(bytes, index, length, key, position);
        } else if (!Masking.applyIsAscii(bytes, index, length, key, position) || !utf8.isAtBoundary()) {
            utf8.accept(bytes, index, length);
        }
        taken(length);
    }

    /** Takes payload like {@link #takeInPlace(ByteBuffer, int, int)}; it fills the whole array. */
    void takeInPlace(byte[] bytes) throws ProtocolException {
        int key = frames.maskKey();
        long position = frames.position();
        if (!text) {
            Masking.apply(bytes, 0, bytes.length, key, position);
        } else if (!Masking.applyIsAscii(bytes, 0, bytes.length, key, position) || !utf8.isAtBoundary()) {
            utf8.accept(bytes, 0, bytes.length);
        }
        taken(bytes.length);
    }

    private void taken(int length) throws ProtocolException {
        frames.taken(length);
        buffer.source().counter().received(length);
        finishText();
    }

    /**
     * Returns how many bytes of the message to expect from the current frame. This is an estimate if it is compressed.
     */
    long expected() {
        return compressed ? USUAL_RATIO * Math.min(frames.known(), Integer.MAX_VALUE) : frames.known();
    }

    /** Returns the maximum size of a message in bytes. */
    long limit() {
        return FrameSequence.limit(buffer.source());
    }

    /** Returns how many bytes of the message follow; negative if that is not known yet. */
    long knownToCome() {
        return !compressed && frames.isLastFrame() ? frames.known() : -1;
    }

    /**
     * Drops all frames up to the peer's Close frame, an error or a deadline. No message is read after that, so nothing
     * is inflated or checked as text any more.
     *
     * @return false if that has not arrived
     */
    boolean readToClose() throws IOException {
        release();
        byte[] scratch = new byte[SCRATCH_SIZE];
        Next next;
        do {
            int n;
            while ((n = frames.read(scratch, 0, scratch.length)) > 0) {}
            if (n == 0) {
                return false;
            }
        } while ((next = frames.nextFrame()) == Next.BEGUN);
        return next == Next.END;
    }

    /** Gives back the inflater's memory. The current message must not be read further. */
    void release() {
        if (inflater != null) {
            inflater.release();
        }
    }

    /** Drops the rest of the current message. Returns false if not all of it has arrived. */
    private boolean skipMessage() throws IOException {
        if (isComplete()) {
            return true;
        }
        byte[] scratch = new byte[SCRATCH_SIZE];
        int n;
        while ((n = read(scratch, 0, scratch.length)) > 0) {}
        return n < 0;
    }

    /** Returns whether the message has been read to its end. */
    boolean isComplete() {
        return compressed ? inflater.isDone() : frames.isComplete();
    }
}
