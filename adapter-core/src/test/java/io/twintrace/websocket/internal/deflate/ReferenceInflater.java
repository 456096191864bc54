package io.twintrace.websocket.internal.deflate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.ReferenceDeflate.State;
import java.util.Arrays;

/**
 * Inflates one message after another by RFC 7692 section 7.2.2, with {@link ReferenceDeflate}. A reference to compare
 * with.
 */
public final class ReferenceInflater {
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private static final int EVERYTHING = Integer.MAX_VALUE / 2;

    private final int window;
    private final boolean contextTakeover;

    private static final int MAX_WINDOW = 32 * 1024;

    private byte[] history = {};
    private byte[] output = {};
    private int farthest;
    private boolean lacksTail;

    /**
     * @param window how many bytes of earlier messages are kept
     * @param contextTakeover whether any bytes of earlier messages are kept
     */
    public ReferenceInflater(int window, boolean contextTakeover) {
        this.window = window;
        this.contextTakeover = contextTakeover;
    }

    /** For messages from a client. */
    public static ReferenceInflater ofClient(DeflateParameters parameters) {
        return new ReferenceInflater(parameters.clientWindow(), !parameters.clientNoContextTakeover());
    }

    /** For messages from a server. */
    public static ReferenceInflater ofServer(DeflateParameters parameters) {
        return new ReferenceInflater(parameters.serverWindow(), !parameters.serverNoContextTakeover());
    }

    /**
     * Inflates a message, or the beginning of one. The next call begins again unless this message was whole.
     *
     * @param most stops soon after it has more than this many bytes
     * @return whether it is valid, as far as it goes
     */
    public boolean inflate(byte[] payload, boolean whole, int most) {
        lacksTail = false;
        if (whole) {
            byte[] completed = Arrays.copyOf(payload, payload.length + TAIL.length);
            System.arraycopy(TAIL, 0, completed, payload.length, TAIL.length);
            ReferenceDeflate data = run(completed, most);
            // The appended bytes must be the end of a block, not content.
            if (data.state() == State.BETWEEN_BLOCKS && data.contentEnd() <= payload.length) {
                lacksTail = true;
                remember();
                return true;
            }
        }
        ReferenceDeflate data = run(payload, most);
        if (data.state() != State.ENOUGH && whole) {
            boolean ended = data.endsWithFinalBlock() || endsWithTail(payload);
            if (data.state() != State.BETWEEN_BLOCKS || !ended) {
                return false;
            }
            remember();
        }
        return data.state() != State.INVALID;
    }

    private ReferenceDeflate run(byte[] payload, int most) {
        // Where nothing of a message is kept for the next one, the rest of it may refer to all that DEFLATE allows.
        int kept = contextTakeover ? window : MAX_WINDOW;
        ReferenceDeflate data = new ReferenceDeflate(payload, history, kept, most);
        output = data.output();
        farthest = Math.max(farthest, data.farthest());
        return data;
    }

    /** Inflates a whole message. It must be valid, and end exactly where its sender left out the tail. */
    public byte[] message(byte[] payload) {
        assertTrue(inflate(payload, true, EVERYTHING) && lacksTail, "not valid");
        return output;
    }

    /** The output of the last call. */
    public byte[] output() {
        return output;
    }

    /** The largest distance of all messages so far. */
    public int farthest() {
        return farthest;
    }

    private static boolean endsWithTail(byte[] payload) {
        int from = payload.length - TAIL.length;
        return from >= 0 && Arrays.equals(payload, from, payload.length, TAIL, 0, TAIL.length);
    }

    private void remember() {
        if (contextTakeover) {
            byte[] all = Arrays.copyOf(history, history.length + output.length);
            System.arraycopy(output, 0, all, history.length, output.length);
            history = Arrays.copyOfRange(all, Math.max(0, all.length - window), all.length);
        }
    }
}
