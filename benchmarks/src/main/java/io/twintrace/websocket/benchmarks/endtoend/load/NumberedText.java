package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** ASCII text that is each connection's own, and begins with the message's number. */
final class NumberedText implements Payload {
    private static final int DIGITS = 8;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final int mask;
    private final int headerLength;
    private final byte[] frame;
    private final ByteBuffer expected;

    /** Takes the connection's number, from which the text is made. */
    NumberedText(int seed, int size) {
        if (size < DIGITS) {
            throw new IllegalArgumentException("a message has a number of " + DIGITS + " bytes, so not " + size);
        }
        SplittableRandom random = new SplittableRandom(seed);
        byte[] text = new byte[size];
        for (int i = 0; i < size; i++) {
            text[i] = (byte) random.nextInt(' ', '~' + 1);
        }
        mask = random.nextInt() | 0x01010101; // no byte of it is zero
        frame = MaskedFrame.of(MaskedFrame.TEXT, text, mask);
        headerLength = MaskedFrame.headerLength(size);
        expected = ByteBuffer.wrap(text);
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
