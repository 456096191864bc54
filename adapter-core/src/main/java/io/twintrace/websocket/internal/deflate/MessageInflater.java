package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.zip.DataFormatException;

/**
 * Inflates the peer's messages, one after another, as their bytes arrive (RFC 7692 section 7.2.2).
 *
 * <p>Between messages it holds no inflater: what later messages may refer to is kept aside, and an inflater begins each
 * message with it. That allows to check that each message ends where DEFLATE data may end, so that no message can
 * change the meaning of the next one.
 *
 * <p>Not safe for several threads.
 */
public final class MessageInflater {
    /** Belongs at the end of each message, whose sender has left it out. */
    private static final int SYNC_TAIL = 0x0000FFFF;

    /** The tail, and an empty final block: an inflater that does not take it as such is inside some other block. */
    private static final byte[] ENDING = {0, 0, (byte) 0xFF, (byte) 0xFF, 3, 0};

    private static final int TAIL_LENGTH = 4;

    private final DeflatePool pool;
    private final Source source;

    /** What the next message may refer to; null where that is nothing. */
    private final SlidingWindow remembered;

    /** What the rest of the message may refer to; not the connection's where the next one may not. */
    private SlidingWindow window;

    /** Null between messages, and once it was given back. */
    private PooledInflater inflater;

    /** Whether the message has been read to its end; stays false for one that was given up. */
    private boolean done = true;

    private int inputLength;
    private boolean inputUsedUp;
    private boolean ending;

    /** The last four compressed bytes, and whether there was any at all since the last final block. */
    private int lastBytes;

    private boolean atBlockStart;

    /** Where compressed bytes come from. */
    @FunctionalInterface
    public interface Source {
        /** The message's next bytes: how many, 0 when none have arrived, -1 at its end. */
        int read(byte[] into, int offset, int most) throws IOException;
    }

    /**
     * @param parameters what was agreed on
     * @param source gives the bytes of one message after another
     */
    public MessageInflater(DeflatePool pool, DeflateParameters parameters, Source source) {
        this.pool = pool;
        this.source = source;
        this.remembered = parameters.clientNoContextTakeover() ? null : new SlidingWindow(parameters.clientWindow());
    }

    /** Begins a message. */
    public void begin() {
        done = false; // first: if there is no inflater to be had, the message is not over
        inflater = pool.acquireInflater();
        window = remembered != null ? remembered : inflater.window;
        window.prime(inflater.zlib);
        inputUsedUp = true;
        ending = false;
        atBlockStart = true;
    }

    /** Whether the message has been read to its end. */
    public boolean isDone() {
        return done;
    }

    /**
     * Inflates a piece of the message.
     *
     * @param into where it goes, from the position to the limit at most; room for one byte at least
     * @return how many bytes; 0 when none have arrived; -1 at the message's end
     * @throws ProtocolException 1007 for what is not valid DEFLATE data, or not complete
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
                // With room left over, the inflater has given all that it could make of its input.
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
            }
        }
        return -1;
    }

    /** Gives back what is held, in whatever state a message is. */
    public void release() {
        if (inflater != null) {
            pool.release(inflater);
            inflater = null;
            window = null;
        }
    }

    /** False when nothing has arrived. */
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
            // A sender that had flushed everything already leaves nothing to append the tail to: empty messages and
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

    /**
     * A sender may end its DEFLATE data wherever it likes, and begin anew within the same message (section 7.2.3.4).
     */
    private void startAfterFinalBlock() {
        int left = inflater.zlib.getRemaining();
        inflater.zlib.reset();
        window.prime(inflater.zlib);
        inflater.zlib.setInput(inflater.input, inputLength - left, left);
        inputUsedUp = left == 0;
        atBlockStart = left == 0;
        lastBytes = atBlockStart ? 0 : lastBytes;
    }

    private void end() throws ProtocolException {
        int left = inflater.zlib.getRemaining();
        if (left > 0 && left != ENDING.length - TAIL_LENGTH) { // the tail may itself be a final block
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
