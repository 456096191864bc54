package io.twintrace.websocket.internal.frame;

/**
 * An automaton for UTF-8 (RFC 3629 section 4) that consumes a byte without a branch. A state is a shift distance: the
 * next byte's entry, shifted by it, begins with the next state. An entry holds nine states of six bits. Only the lowest
 * six bits of a state count, as in every shift of a long.
 */
final class Utf8Automaton {
    /** The text is invalid. This is the default in an entry, and no byte leads out of it. */
    static final int WRONG = 0;

    /** Between characters. */
    static final int BOUNDARY = 6;

    /** This many continuation bytes are missing, with any value. */
    private static final int ONE = 12;

    private static final int TWO = 18;
    private static final int THREE = 24;

    /** After a first byte that restricts the next continuation byte. */
    private static final int AFTER_E0 = 30;

    private static final int AFTER_ED = 36;
    private static final int AFTER_F0 = 42;
    private static final int AFTER_F4 = 48;

    private static final int STATE = 0x3F;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long[] ENTRIES = new long[256];

    static {
        allow(BOUNDARY, 0x00, 0x7F, BOUNDARY);
        allow(BOUNDARY, 0xC2, 0xDF, ONE); // C0 and C1 would be overlong
        allow(BOUNDARY, 0xE0, 0xE0, AFTER_E0);
        allow(BOUNDARY, 0xE1, 0xEC, TWO);
        allow(BOUNDARY, 0xED, 0xED, AFTER_ED);
        allow(BOUNDARY, 0xEE, 0xEF, TWO);
        allow(BOUNDARY, 0xF0, 0xF0, AFTER_F0);
        allow(BOUNDARY, 0xF1, 0xF3, THREE);
        allow(BOUNDARY, 0xF4, 0xF4, AFTER_F4);
        allow(ONE, 0x80, 0xBF, BOUNDARY);
        allow(TWO, 0x80, 0xBF, ONE);
        allow(THREE, 0x80, 0xBF, TWO);
        allow(AFTER_E0, 0xA0, 0xBF, ONE); // below would be overlong
        allow(AFTER_ED, 0x80, 0x9F, ONE); // above would be a surrogate
        allow(AFTER_F0, 0x90, 0xBF, TWO); // below would be overlong
        allow(AFTER_F4, 0x80, 0x8F, TWO); // above would pass U+10FFFF
    }

    private Utf8Automaton() {}

    private static void allow(int state, int lowest, int highest, int next) {
        for (int b = lowest; b <= highest; b++) {
            ENTRIES[b] |= (long) next << state;
        }
    }

    /** Returns the state after one more byte. Ignore the bits above the lowest six. */
    static long after(long state, byte next) {
        return ENTRIES[next & 0xFF] >>> state;
    }

    /** Returns the state after eight more bytes, the first one lowest. */
    static long afterEight(long state, long eight) {
        if (isAscii(eight) && stateOf(state) == BOUNDARY) {
            return BOUNDARY; // faster than eight steps, even if the text mixes ASCII with other characters
        }
        long now = state;
        for (int bits = 0; bits < Long.SIZE; bits += Byte.SIZE) {
            now = after(now, (byte) (eight >>> bits));
        }
        return now;
    }

    /** Returns whether eight bytes are all ASCII. */
    static boolean isAscii(long eight) {
        return (eight & HIGH_BITS) == 0;
    }

    /** Returns the state alone, without the bits above it. */
    static int stateOf(long state) {
        return (int) state & STATE;
    }
}
