package io.twintrace.websocket.deflate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * DEFLATE (RFC 1951) read bit by bit, slowly and by itself, so that it can say what {@link java.util.zip.Inflater} does
 * not: how far back the data refers at most, counted over all messages. For tests.
 */
final class StrictInflater {
    private static final int[] LENGTH_BASE = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258
    };
    private static final int[] LENGTH_EXTRA = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
    };
    private static final int[] DISTANCE_BASE = {
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577
    };
    private static final int[] DISTANCE_EXTRA = {
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13
    };
    private static final int[] CODE_LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private byte[] in;
    private int bit;
    private byte[] out = new byte[1 << 16];
    private int length;
    private int longestDistance;

    /** Inflates one message, whose sender has left the tail out; what came before may be referred to. */
    byte[] inflate(byte[] compressed) {
        in = Arrays.copyOf(compressed, compressed.length + 4);
        in[compressed.length + 2] = (byte) 0xFF;
        in[compressed.length + 3] = (byte) 0xFF;
        bit = 0;
        int start = length;
        while (bit < 8 * in.length) {
            readBlock();
        }
        return Arrays.copyOfRange(out, start, length);
    }

    /** The longest distance so far. */
    int longestDistance() {
        return longestDistance;
    }

    private void readBlock() {
        boolean last = bits(1) == 1;
        switch (bits(2)) {
            case 0 -> readStored();
            case 1 -> readCompressed(fixedLiterals(), new Code(filled(30, 5)));
            case 2 -> readDynamic();
            default -> throw new IllegalStateException("block of type 3");
        }
        if (last) {
            bit = (bit + 7) & ~7;
        }
    }

    private void readStored() {
        bit = (bit + 7) & ~7;
        int count = bits(16);
        if ((bits(16) ^ 0xFFFF) != count) {
            throw new IllegalStateException("stored block whose lengths differ");
        }
        for (int i = 0; i < count; i++) {
            append(bits(8));
        }
    }

    private void readDynamic() {
        int literals = bits(5) + 257;
        int distances = bits(5) + 1;
        int[] codeLengths = new int[19];
        int count = bits(4) + 4;
        for (int i = 0; i < count; i++) {
            codeLengths[CODE_LENGTH_ORDER[i]] = bits(3);
        }
        Code code = new Code(codeLengths);
        int[] lengths = new int[literals + distances];
        for (int i = 0; i < lengths.length; ) {
            int symbol = code.read();
            int repeated = symbol < 16 ? symbol : symbol == 16 ? lengths[i - 1] : 0;
            int times = switch (symbol) {
                case 16 -> 3 + bits(2);
                case 17 -> 3 + bits(3);
                case 18 -> 11 + bits(7);
                default -> 1;
            };
            Arrays.fill(lengths, i, i + times, repeated);
            i += times;
        }
        readCompressed(
                new Code(Arrays.copyOf(lengths, literals)),
                new Code(Arrays.copyOfRange(lengths, literals, lengths.length)));
    }

    private void readCompressed(Code literals, Code distances) {
        for (int symbol; (symbol = literals.read()) != 256; ) {
            if (symbol < 256) {
                append(symbol);
            } else {
                int count = LENGTH_BASE[symbol - 257] + bits(LENGTH_EXTRA[symbol - 257]);
                int code = distances.read();
                int distance = DISTANCE_BASE[code] + bits(DISTANCE_EXTRA[code]);
                if (distance > length) {
                    throw new IllegalStateException("distance " + distance + " after " + length + " bytes");
                }
                longestDistance = Math.max(longestDistance, distance);
                for (int i = 0; i < count; i++) {
                    append(out[length - distance]);
                }
            }
        }
    }

    private void append(int b) {
        if (length == out.length) {
            out = Arrays.copyOf(out, 2 * length);
        }
        out[length++] = (byte) b;
    }

    private int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++, bit++) {
            value |= ((in[bit >> 3] >> (bit & 7)) & 1) << i;
        }
        return value;
    }

    private Code fixedLiterals() {
        int[] lengths = filled(288, 8);
        Arrays.fill(lengths, 144, 256, 9);
        Arrays.fill(lengths, 256, 280, 7);
        return new Code(lengths);
    }

    private static int[] filled(int size, int value) {
        int[] array = new int[size];
        Arrays.fill(array, value);
        return array;
    }

    /** A canonical Huffman code (RFC 1951 section 3.2.2): the codes of one length are consecutive numbers. */
    private final class Code {
        private final int[] firstCode = new int[16];
        private final int[][] symbols = new int[16][];

        Code(int[] lengths) {
            int code = 0;
            for (int bits = 1; bits <= 15; bits++) {
                int wanted = bits;
                code <<= 1;
                firstCode[bits] = code;
                symbols[bits] = IntStream.range(0, lengths.length)
                        .filter(symbol -> lengths[symbol] == wanted)
                        .toArray();
                code += symbols[bits].length;
            }
        }

        int read() {
            int code = 0;
            for (int bits = 1; bits <= 15; bits++) {
                code = (code << 1) | bits(1);
                int index = code - firstCode[bits];
                if (index >= 0 && index < symbols[bits].length) {
                    return symbols[bits][index];
                }
            }
            throw new IllegalStateException("no such code");
        }
    }
}
