package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Text that differs for each connection, and begins with the message's number. May be sent as binary data. */
final class NumberedText implements Payload {
    private static final int DIGITS = 8;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** Characters of every length. The order in a text is random, so that no branch predictor learns it. */
    private static final byte[][] CHARACTERS = "a, éüßñдяжπ漢字かな한€😀🚀"
            .codePoints()
            .mapToObj(each -> Character.toString(each).getBytes(StandardCharsets.UTF_8))
            .toArray(byte[][]::new);

    private final int opcode;
    private final int mask;
    private final int headerLength;
    private final byte[] frame;
    private final ByteBuffer expected;

    /** Creates ASCII text from the connection's number. */
    NumberedText(int seed, int size) {
        this(seed, size, false, false);
    }

    /**
     * @param utf8 whether to use characters of two, three and four bytes, and some of one
     * @param binary whether to send binary messages
     */
    NumberedText(int seed, int size, boolean utf8, boolean binary) {
        if (size < DIGITS) {
            throw new IllegalArgumentException("size is " + size + ", but must be at least " + DIGITS);
        }
        SplittableRandom random = new SplittableRandom(seed);
        byte[] text = utf8 ? utf8(random, size) : ascii(random, size);
        opcode = binary ? MaskedFrame.BINARY : MaskedFrame.TEXT;
        mask = random.nextInt() | 0x01010101; // none of its bytes is zero
        frame = MaskedFrame.of(opcode, text, mask);
        headerLength = MaskedFrame.headerLength(size);
        expected = ByteBuffer.wrap(text);
    }

    private static byte[] ascii(SplittableRandom random, int size) {
        byte[] text = new byte[size];
        for (int i = 0; i < size; i++) {
            text[i] = (byte) random.nextInt(' ', '~' + 1);
        }
        return text;
    }

    /** Keeps ASCII in place of the number and at the end, so that all characters stay whole. */
    private static byte[] utf8(SplittableRandom random, int size) {
        byte[] text = ascii(random, size);
        for (int at = DIGITS; ; ) {
            byte[] next = CHARACTERS[random.nextInt(CHARACTERS.length)];
            if (next.length > size - at) {
                return text;
            }
            System.arraycopy(next, 0, text, at, next.length);
            at += next.length;
        }
    }

    @Override
    public int opcode() {
        return opcode;
    }

    @Override
    public int maxFrame() {
        return frame.length;
    }

    @Override
    public void append(ByteBuffer out, long number) {
        int start = out.position() + headerLength;
        out.put(frame);
        for (int i = 0; i < DIGITS; i++) {
            out.put(start + i, (byte) (digit(number, i) ^ MaskedFrame.maskByte(mask, i)));
        }
    }

    @Override
    public ByteBuffer expected(long number) {
        for (int i = 0; i < DIGITS; i++) {
            expected.put(i, digit(number, i));
        }
        return expected;
    }

    private static byte digit(long number, int index) {
        return HEX[(int) (number >>> (4 * (DIGITS - 1 - index))) & 0xF];
    }
}
