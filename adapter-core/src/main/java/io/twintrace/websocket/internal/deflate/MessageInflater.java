package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.function.BooleanSupplier;
import java.util.zip.DataFormatException;

/**
 * Inflates the peer's messages, one after another, as their bytes arrive (RFC 7692 section 7.2.2).
 *
 * <p>It holds no inflater between messages. Instead it keeps the history that later messages may refer to, and starts
 * an inflater with it for each message. So it can check that each message ends where DEFLATE data may end, and no
 * message can change the meaning of the next one.
 *
 * <p>Not safe for use by several threads.
 */
public final class MessageInflater {
    /** The number of restarts between two questions whether to go on. A restart takes some microseconds. */
    private static final int RESTARTS_AT_ONCE = 64;

    /** The end of each message, which the sender leaves out. */
    private static final int SYNC_TAIL = 0x0000FFFF;

    /** The tail and an empty final block. An inflater that does not read it as such is inside another block. */
    private static final byte[] ENDING = {0, 0, (byte) 0xFF, (byte) 0xFF, 3, 0};

    private static final int TAIL_LENGTH = 4;

    private final DeflatePool pool;
    private final Source source;
    private final BooleanSupplier mayGoOn;

    /** How often the inflater was restarted within messages. */
    private int restarts;

    /** The history that the next message may refer to, or null for none. */
    private final SlidingWindow remembered;

    /** What the rest of this message may refer to; the inflater's own window if the next message may not. */
    private SlidingWindow window;

    /** Null between messages, and after a release. */
    private PooledInflater inflater;

    /** Whether the reader has reached the end of the message. Stays false for an abandoned message. */
    private boolean done = true;

    private int inputLength;
    private boolean inputUsedUp;
    private boolean ending;

    /** The last four compressed bytes. */
    private int lastBytes;

    /** Whether no compressed byte has arrived since the last final block. */
    private boolean atBlockStart;

    /** The source of compressed bytes. */
    @FunctionalInterface
    public interface Source {
        /** Reads the message's next bytes. Returns their number, 0 if none have arrived, or -1 at its end. */
        int read(byte[] into, int offset, int max) throws IOException;
    }

    /**
     * @param parameters the parameters of the handshake
     * @param source provides the bytes of one message after another
     * @param mayGoOn whether to go on inflating after much work that has yielded no byte
     */
    public MessageInflater(DeflatePool pool, DeflateParameters parameters, Source source, BooleanSupplier mayGoOn) {
        this.pool = pool;
        this.source = source;
        this.mayGoOn = mayGoOn;
        this.remembered = parameters.clientNoContextTakeover() ? null : new SlidingWindow(parameters.clientWindow());
    }

    /** Begins a message. */
    public void begin() {
        done = false; // first: the message is not over even if the pool fails to provide an inflater
        inflater = pool.acquireInflater();
        window = remembered != null ? remembered : inflater.window;
        window.give(window.size(), inflater.dictionary);
        inputUsedUp = true;
        ending = false;
        atBlockStart = true;
    }

    /** Returns whether the reader has reached the end of the message. */
    public boolean isDone() {
        return done;
    }

    /**
     * Inflates a piece of the message.
     *
     * @param into receives the bytes, between position and limit; must have room for at least one
     * @return the number of bytes; 0 if none have arrived or inflating has to pause; -1 at the message's end
     * @throws ProtocolException 1007 for invalid or incomplete DEFLATE data
     * @throws ClosedChannelException after {@link #release()} inside the message
     */
    public int read(ByteBuffer into) throws IOException {
        while (!done) {
            if (inflater == null) {
                throw new ClosedChannelException(); // not -1: the message must not look complete
            }
            if (inputUsedUp && !feed()) {
                return 0;
            }
            int n = inflate(into);
            if (n > 0) {
                if (ending) {
                    throw invalid("ends inside a block", null);
                }
                // If room is left, the inflater has used up its input.
                inputUsedUp = into.hasRemaining() && !inflater.zlib.finished();
                window.append(into, into.position() - n, n);
                return n;
            }
            if (!inflater.zlib.finished()) {
                inputUsedUp = true;
            } else if (ending) {
                end();
            } else {
                startAfterFinalBlock();
                if (++restarts % RESTARTS_AT_ONCE == 0 && !mayGoOn.getAsBoolean()) {
                    return 0;
                }
            }
        }
        return -1;
    }

    /** Returns the inflater to the pool, also in the middle of a message. */
    public void release() {
        if (inflater != null) {
            pool.release(inflater);
            inflater = null;
            window = null;
        }
    }

    /** Returns false if no bytes have arrived. */
    private boolean feed() throws IOException {
        if (ending) {
            throw invalid("ends inside a block", null);
        }
        inputLength = source.read(inflater.input, 0, inflater.input.length);
        if (inputLength == 0) {
            return false;
        }
        inputUsedUp = false;
        if (inputLength >= 0) {
            remember(inflater.input, inputLength);
            inflater.zlib.setInput(inflater.input, 0, inputLength);
        } else {
            ending = true;
            // After a sender has flushed everything, there is nothing to append the tail to: empty messages and
            // empty last fragments of other implementations look like that.
            boolean complete = atBlockStart || lastBytes == SYNC_TAIL;
            int from = complete ? TAIL_LENGTH : 0;
            inflater.zlib.setInput(ENDING, from, ENDING.length - from);
        }
        return true;
    }

    private void remember(byte[] bytes, int length) {
        for (int i = Math.max(0, length - TAIL_LENGTH); i < length; i++) {
            lastBytes = (lastBytes << 8) | (bytes[i] & 0xFF);
        }
        atBlockStart &= length == 0;
    }

    private int inflate(ByteBuffer into) throws ProtocolException {
        try {
            return inflater.zlib.inflate(into);
        } catch (DataFormatException e) {
            throw invalid("is not valid DEFLATE data", e);
        }
    }

    /** A sender may end its DEFLATE data anywhere, and start anew in the same message (section 7.2.3.4). */
    private void startAfterFinalBlock() {
        int left = inflater.zlib.getRemaining();
        inflater.zlib.reset();
        window.give(window.size(), inflater.dictionary);
        inflater.zlib.setInput(inflater.input, inputLength - left, left);
        inputUsedUp = left == 0;
        atBlockStart = left == 0;
        lastBytes = atBlockStart ? 0 : lastBytes;
    }

    private void end() throws ProtocolException {
        int left = inflater.zlib.getRemaining();
        if (left > 0 && left != ENDING.length - TAIL_LENGTH) { // the tail may be a final block itself
            throw invalid("ends inside a block", null);
        }
        done = true;
        release();
    }

    private static ProtocolException invalid(String what, DataFormatException why) {
        ProtocolException e = new ProtocolException(CloseCode.INVALID_PAYLOAD, "compressed message " + what);
        if (why != null) {
            e.initCause(why);
        }
        return e;
    }
}
