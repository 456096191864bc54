package io.twintrace.websocket.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Checks text for UTF-8 while it arrives, in pieces of any size (RFC 6455 section 8.1, RFC 3629). It fails at the first
 * byte that no continuation could make valid: overlong forms, surrogates and code points above U+10FFFF included.
 *
 * <p>Not safe for use by several threads.
 */
public final class Utf8Validator {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long HIGH_BITS = 0x8080808080808080L;

    /** How many continuation bytes the current character still lacks. */
    private int missing;

    /** The range that the next continuation byte must lie in: narrower than 80 to BF only after some first bytes. */
    private int lowest = 0x80;

    private int highest = 0xBF;

    /**
     * Checks the next piece of the text.
     *
     * @throws ProtocolException 1007 at the first wrong byte
     */
    public void accept(byte[] bytes, int offset, int length) throws ProtocolException {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (missing == 0) {
                at = skipAscii(bytes, at, end);
                if (at == end) {
                    return;
                }
                startCharacter(bytes[at++] & 0xFF);
            } else {
                continueCharacter(bytes[at++] & 0xFF);
            }
        }
    }

    /** Checks bytes of a buffer. */
    public void accept(ByteBuffer buffer, int index, int length) throws ProtocolException {
        byte[] copy = new byte[length];
        buffer.get(index, copy);
        accept(copy, 0, length);
    }

    /** Whether no character is begun and not ended. */
    public boolean isAtBoundary() {
        return missing == 0;
    }

    /**
     * Ends the text and makes this validator ready for the next one.
     *
     * @throws ProtocolException 1007 when the text ends inside a character
     */
    public void finish() throws ProtocolException {
        if (missing != 0) {
            reset();
            throw invalid("text ends inside a UTF-8 character");
        }
    }

    /** Forgets the text so far. */
    public void reset() {
        missing = 0;
        lowest = 0x80;
        highest = 0xBF;
    }

    /** Where in the text this validator is, to be given to {@link #restore} when a piece is refused. */
    public long state() {
        return (long) missing << 16 | lowest << 8 | highest;
    }

    /** Goes back to an earlier {@link #state()}. */
    public void restore(long state) {
        missing = (int) (state >>> 16);
        lowest = (int) (state >>> 8) & 0xFF;
        highest = (int) state & 0xFF;
    }

    private static int skipAscii(byte[] bytes, int from, int end) {
        int at = from;
        while (at <= end - Long.BYTES && ((long) LONG.get(bytes, at) & HIGH_BITS) == 0) {
            at += Long.BYTES;
        }
        while (at < end && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    private void startCharacter(int first) throws ProtocolException {
        if (first < 0xC2 || first > 0xF4) {
            throw invalid("text is not UTF-8");
        } else if (first < 0xE0) {
            missing = 1;
        } else if (first < 0xF0) {
            missing = 2;
            if (first == 0xE0) {
                lowest = 0xA0; // below would be overlong
            } else if (first == 0xED) {
                highest = 0x9F; // above would be a surrogate
            }
        } else {
            missing = 3;
            if (first == 0xF0) {
                lowest = 0x90; // below would be overlong
            } else if (first == 0xF4) {
                highest = 0x8F; // above would pass U+10FFFF
            }
        }
    }

    private void continueCharacter(int next) throws ProtocolException {
        if (next < lowest || next > highest) {
            throw invalid("text is not UTF-8");
        }
        missing--;
        lowest = 0x80;
        highest = 0xBF;
    }

    private static ProtocolException invalid(String message) {
        return new ProtocolException(CloseCode.INVALID_PAYLOAD, message);
    }
}
