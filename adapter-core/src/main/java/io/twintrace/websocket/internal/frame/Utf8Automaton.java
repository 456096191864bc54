package io.twintrace.websocket.internal.frame;

/**
 * The grammar of UTF-8 (RFC 3629 section 4) as an automaton that takes a byte without a branch. A state is a number of
 * bits: how far to shift the entry of the next byte, which then begins with the next state. Nine states of six bits fit
 * into an entry, and only the lowest six bits of a state count, as in every shift of a long.
 */
final class Utf8Automaton {
    /** No text can begin like that. Also what an entry says that nothing was put into, and never left again. */
    static final int WRONG = 0;

    /** Between characters. */
    static final int BOUNDARY = 6;

    /** So many continuation bytes are missing, and any will do. */
    private static final int ONE = 12;

    private static final int TWO = 18;
    private static final int THREE = 24;

    /** Behind the first bytes that not any continuation byte may follow. */
    private static final int BEHIND_E0 = 30;

    private static final int BEHIND_ED = 36;
    private static final int BEHIND_F0 = 42;
    private static final int BEHIND_F4 = 48;

    private static final int STATE = 0x3F;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long[] ENTRIES = new long[256];

    static {
        allow(BOUNDARY, 0x00, 0x7F, BOUNDARY);
        allow(BOUNDARY, 0xC2, 0xDF, ONE); // C0 and C1 would be overlong
        allow(BOUNDARY, 0xE0, 0xE0, BEHIND_E0);
        allow(BOUNDARY, 0xE1, 0xEC, TWO);
        allow(BOUNDARY, 0xED, 0xED, BEHIND_ED);
        allow(BOUNDARY, 0xEE, 0xEF, TWO);
        allow(BOUNDARY, 0xF0, 0xF0, BEHIND_F0);
        allow(BOUNDARY, 0xF1, 0xF3, THREE);
        allow(BOUNDARY, 0xF4, 0xF4, BEHIND_F4);
        allow(ONE, 0x80, 0xBF, BOUNDARY);
        allow(TWO, 0x80, 0xBF, ONE);
        allow(THREE, 0x80, 0xBF, TWO);
        allow(BEHIND_E0, 0xA0, 0xBF, ONE); // below would be overlong
        allow(BEHIND_ED, 0x80, 0x9F, ONE); // above would be a surrogate
        allow(BEHIND_F0, 0x90, 0xBF, TWO); // below would be overlong
        allow(BEHIND_F4, 0x80, 0x8F, TWO); // above would pass U+10FFFF
    }

    private Utf8Automaton() {}

    private static void allow(int state, int lowest, int highest, int next) {
        for (int b = lowest; b <= highest; b++) {
            ENTRIES[b] |= (long) next << state;
        }
    }

    /** The state after one more byte; what lies above its six bits is of no account. */
    static long after(long state, byte next) {
        return ENTRIES[next & 0xFF] >>> state;
    }

    /** The state after eight more bytes, the first one lowest. */
    static long afterEight(long state, long eight) {
        if (isAscii(eight) && nameOf(state) == BOUNDARY) {
            return BOUNDARY; // ASCII; the branch is cheaper than eight steps even where it is mixed with other
            // characters
        }
        long now = state;
        for (int bits = 0; bits < Long.SIZE; bits += Byte.SIZE) {
            now = after(now, (byte) (eight >>> bits));
        }
        return now;
    }

    /** Whether eight bytes are. */
    static boolean isAscii(long eight) {
        return (eight & HIGH_BITS) == 0;
    }

    /** Which state it is, without what lies above. */
    static int nameOf(long state) {
        return (int) state & STATE;
    }
}
