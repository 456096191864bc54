package io.twintrace.websocket.internal.deflate;

import java.util.Arrays;

/**
 * DEFLATE data (RFC 1951) read bit by bit, as the RFC writes it down. Shares nothing with zlib, and notes how far back
 * the data refers.
 */
final class ReferenceDeflate {
    private static final int[] CODE_LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    private static final int END_OF_BLOCK = 256;

    private final byte[] in;
    private final int window;
    private final int most;
    private final int historyLength;
    private final State state;

    /** The position in the data, in bits. */
    private int at;

    /** The history, followed by the inflated data. */
    private byte[] out;

    private int length;
    private int farthest;
    private int contentEnd;
    private boolean endsWithFinalBlock;

    /** Start of the data in {@code out} that can be referred to. */
    private int reachable;

    /** How far the data goes. */
    enum State {
        /** To the end of a block, and of a byte. */
        BETWEEN_BLOCKS,
        /** The data is not complete. */
        INSIDE_A_BLOCK,
        INVALID,
        /** More was inflated than was asked for. */
        ENOUGH
    }

    /** No continuation can make the data valid. */
    private static final class Invalid extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /** There is not enough data for a verdict. */
    private static final class OutOfInput extends Exception {
        private static final long serialVersionUID = 1L;
    }

    /**
     * Inflates at once.
     *
     * @param in the data
     * @param history the data that it may refer to
     * @param window how much of the output is kept as history after a final block
     * @param most how much to inflate, more or less
     */
    ReferenceDeflate(byte[] in, byte[] history, int window, int most) {
        this.in = in;
        this.window = window;
        this.out = Arrays.copyOf(history, history.length + 1024);
        this.historyLength = history.length;
        this.length = history.length;
        this.most = history.length + most;
        this.state = run();
    }

    State state() {
        return state;
    }

    /** Everything that was inflated. */
    byte[] output() {
        return Arrays.copyOfRange(out, historyLength, length);
    }

    /** The largest distance that was met. */
    int farthest() {
        return farthest;
    }

    /** How many bytes of the data were read for the output. */
    int contentEnd() {
        return contentEnd;
    }

    /** Whether the data is empty, or ends with a final block. */
    boolean endsWithFinalBlock() {
        return endsWithFinalBlock;
    }

    private State run() {
        endsWithFinalBlock = in.length == 0;
        try {
            while (at < 8 * in.length && length <= most) {
                boolean last = bits(1) == 1; // BFINAL
                block(bits(2));
                if (last) {
                    skipToByte();
                    reachable = Math.max(reachable, length - window);
                }
                endsWithFinalBlock = last && at == 8 * in.length;
            }
            return length > most ? State.ENOUGH : State.BETWEEN_BLOCKS;
        } catch (Invalid e) {
            return State.INVALID;
        } catch (OutOfInput e) {
            return length > most ? State.ENOUGH : State.INSIDE_A_BLOCK;
        }
    }

    private void skipToByte() {
        at = (at + 7) / 8 * 8;
    }

    private void block(int type) throws Invalid, OutOfInput {
        switch (type) {
            case 0 -> stored();
            case 1 -> codes(fixedLiterals(), fixedDistances());
            case 2 -> dynamic();
            default -> throw new Invalid();
        }
    }

    private void stored() throws Invalid, OutOfInput {
        skipToByte();
        int size = bits(16);
        if (size != (~bits(16) & 0xFFFF)) {
            throw new Invalid();
        }
        for (int i = 0; i < size; i++) {
            put(bits(8));
        }
    }

    private static Code fixedLiterals() throws Invalid {
        int[] lengths = new int[288];
        Arrays.fill(lengths, 0, 144, 8);
        Arrays.fill(lengths, 144, 256, 9);
        Arrays.fill(lengths, 256, 280, 7);
        Arrays.fill(lengths, 280, 288, 8);
        return new Code(lengths, false);
    }

    private static Code fixedDistances() throws Invalid {
        int[] lengths = new int[32];
        Arrays.fill(lengths, 5);
        return new Code(lengths, false);
    }

    private void dynamic() throws Invalid, OutOfInput {
        int header = bits(14);
        int literals = (header & 31) + 257;
        int distances = ((header >> 5) & 31) + 1;
        int codeLengths = (header >> 10) + 4;
        if (literals > 286 || distances > 30) {
            throw new Invalid();
        }
        int[] lengths = new int[19];
        for (int i = 0; i < codeLengths; i++) {
            lengths[CODE_LENGTH_ORDER[i]] = bits(3);
        }
        Code code = new Code(lengths, false);
        if (code.longest == 0) {
            bits(literals + distances); // zlib needs that many before it finds the data invalid
            throw new Invalid();
        }
        int[] both = lengths(code, literals + distances);
        if (both[END_OF_BLOCK] == 0) {
            throw new Invalid();
        }
        Code literalCode = new Code(Arrays.copyOf(both, literals), true);
        codes(literalCode, new Code(Arrays.copyOfRange(both, literals, both.length), true));
    }

    private int[] lengths(Code code, int count) throws Invalid, OutOfInput {
        int[] lengths = new int[count];
        for (int i = 0; i < count; ) {
            int symbol = decode(code);
            if (symbol < 16) {
                lengths[i++] = symbol;
                continue;
            }
            int repeat = symbol == 16 ? 3 + bits(2) : symbol == 17 ? 3 + bits(3) : 11 + bits(7);
            if ((symbol == 16 && i == 0) || i + repeat > count) {
                throw new Invalid();
            }
            Arrays.fill(lengths, i, i + repeat, symbol == 16 ? lengths[i - 1] : 0);
            i += repeat;
        }
        return lengths;
    }

    private void codes(Code literals, Code distances) throws Invalid, OutOfInput {
        for (int symbol; (symbol = decode(literals)) != END_OF_BLOCK && length <= most; ) {
            if (symbol < END_OF_BLOCK) {
                put(symbol);
            } else if (symbol > 285) {
                throw new Invalid();
            } else {
                int count = lengthOf(symbol);
                copy(count, distanceOf(decode(distances)));
            }
        }
    }

    private int lengthOf(int symbol) throws OutOfInput {
        if (symbol < 265) {
            return symbol - 254;
        }
        if (symbol == 285) {
            return 258;
        }
        int extra = (symbol - 261) / 4;
        return ((4 + (symbol - 261) % 4) << extra) + 3 + bits(extra);
    }

    private int distanceOf(int symbol) throws Invalid, OutOfInput {
        if (symbol > 29) {
            throw new Invalid();
        }
        if (symbol < 4) {
            return symbol + 1;
        }
        int extra = symbol / 2 - 1;
        return ((2 + symbol % 2) << extra) + 1 + bits(extra);
    }

    private void copy(int count, int distance) throws Invalid {
        if (distance > length - reachable) {
            throw new Invalid();
        }
        farthest = Math.max(farthest, distance);
        for (int i = 0; i < count; i++) {
            put(out[length - distance]);
        }
    }

    private void put(int value) {
        if (length == out.length) {
            out = Arrays.copyOf(out, 2 * length);
        }
        out[length++] = (byte) value;
        contentEnd = (at + 7) / 8;
    }

    private int bits(int count) throws OutOfInput {
        if (at + count > 8 * in.length) {
            throw new OutOfInput();
        }
        int value = 0;
        for (int i = 0; i < count; i++, at++) {
            value |= ((in[at >> 3] >> (at & 7)) & 1) << i;
        }
        return value;
    }

    private int decode(Code code) throws Invalid, OutOfInput {
        int bits = 0;
        for (int length = 1; length <= code.longest; length++) {
            bits = (bits << 1) | bits(1);
            int index = bits - code.first[length];
            if (index >= 0 && index < code.counts[length]) {
                return code.symbols[code.offsets[length] + index];
            }
        }
        if (code.longest == 0) {
            bits(1);
        }
        throw new Invalid();
    }

    /** A Huffman code, from the lengths of its symbols' codes (section 3.2.2). */
    private static final class Code {
        private static final int LONGEST = 15;

        private final int[] counts = new int[LONGEST + 1];
        private final int[] first = new int[LONGEST + 1];
        private final int[] offsets = new int[LONGEST + 1];
        private final int[] symbols;
        private int longest;

        /** @param mayBeOneBit whether a single code of one bit, or none, is enough, as section 3.2.7 allows */
        Code(int[] lengths, boolean mayBeOneBit) throws Invalid {
            for (int length : lengths) {
                counts[length]++;
                longest = Math.max(longest, length);
            }
            counts[0] = 0;
            int left = 1;
            int code = 0;
            int offset = 0;
            for (int length = 1; length <= LONGEST; length++) {
                code = (code + counts[length - 1]) << 1;
                first[length] = code;
                offsets[length] = offset;
                offset += counts[length];
                left = 2 * left - counts[length];
                if (left < 0) {
                    throw new Invalid();
                }
            }
            if (left > 0 && longest > 0 && !(mayBeOneBit && longest == 1)) {
                throw new Invalid();
            }
            symbols = new int[offset];
            int[] next = offsets.clone();
            for (int symbol = 0; symbol < lengths.length; symbol++) {
                if (lengths[symbol] > 0) {
                    symbols[next[lengths[symbol]]++] = symbol;
                }
            }
        }
    }
}
