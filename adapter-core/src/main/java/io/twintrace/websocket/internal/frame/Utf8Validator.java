package io.twintrace.websocket.internal.frame;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.ProtocolException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Checks text for UTF-8 while it arrives, in pieces of any size (RFC 6455 section 8.1, RFC 3629). The validator refuses
 * a piece with a byte that no continuation could make valid: overlong forms, surrogates and code points above U+10FFFF
 * included. A refused piece does not change its state.
 *
 * <p>Not safe for use by several threads.
 */
public final class Utf8Validator {
    private static final VarHandle ARRAY = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle BUFFER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private int state = Utf8Automaton.BOUNDARY;

    /**
     * Checks the next piece of the text.
     *
     * @throws ProtocolException 1007 if the piece holds a wrong byte
     */
    public void accept(byte[] bytes, int offset, int length) throws ProtocolException {
        long now = state;
        int end = offset + length;
        int at = isAtBoundary() ? skipAscii(bytes, offset, end) : offset;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            now = Utf8Automaton.afterEight(now, (long) ARRAY.get(bytes, at));
        }
        for (; at < end; at++) {
            now = Utf8Automaton.after(now, bytes[at]);
        }
        enter(now);
    }

    /**
     * Checks {@code length} bytes from {@code index} on. The buffer's position and limit stay.
     *
     * @throws ProtocolException 1007 if the piece holds a wrong byte
     */
    public void accept(ByteBuffer buffer, int index, int length) throws ProtocolException {
        if (buffer.hasArray()) { // the compiler optimizes an array better than a buffer that may or may not have one
            accept(buffer.array(), buffer.arrayOffset() + index, length);
        } else {
            acceptDirect(buffer, index, length);
        }
    }

    private void acceptDirect(ByteBuffer buffer, int index, int length) throws ProtocolException {
        long now = state;
        int end = index + length;
        int at = isAtBoundary() ? skipAscii(buffer, index, end) : index;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            now = Utf8Automaton.afterEight(now, (long) BUFFER.get(buffer, at));
        }
        for (; at < end; at++) {
            now = Utf8Automaton.after(now, buffer.get(at));
        }
        enter(now);
    }

    /** Most text is all ASCII. A loop that does nothing else is much faster. */
    private static int skipAscii(byte[] bytes, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES && Utf8Automaton.isAscii((long) ARRAY.get(bytes, at))) {
            at += Long.BYTES;
        }
        return at;
    }

    private static int skipAscii(ByteBuffer buffer, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES && Utf8Automaton.isAscii((long) BUFFER.get(buffer, at))) {
            at += Long.BYTES;
        }
        return at;
    }

    /** Checks the state once per piece. That is enough, since an invalid state stays invalid. */
    private void enter(long next) throws ProtocolException {
        int reached = Utf8Automaton.stateOf(next);
        if (reached == Utf8Automaton.WRONG) {
            throw invalid("text is not UTF-8");
        }
        state = reached;
    }

    /** Returns whether the text so far ends with a complete character. */
    public boolean isAtBoundary() {
        return state == Utf8Automaton.BOUNDARY;
    }

    /**
     * Ends the text, and makes this validator ready for the next one.
     *
     * @throws ProtocolException 1007 if the text ends inside a character
     */
    public void finish() throws ProtocolException {
        if (!isAtBoundary()) {
            reset();
            throw invalid("text ends inside a UTF-8 character");
        }
    }

    /** Forgets the text so far. */
    public void reset() {
        state = Utf8Automaton.BOUNDARY;
    }

    private static ProtocolException invalid(String message) {
        return new ProtocolException(CloseCode.INVALID_PAYLOAD, message);
    }
}
