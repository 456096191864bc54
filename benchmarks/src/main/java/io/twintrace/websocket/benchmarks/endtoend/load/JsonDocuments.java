package io.twintrace.websocket.benchmarks.endtoend.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.Deflater;

/** JSON documents of a given size, compressed in advance (RFC 7692), each independent of the others. */
final class JsonDocuments {
    private static final int COUNT = 256;
    private static final int TAIL = 4; // 00 00 ff ff, which senders omit
    private static final int MASK = 0x5B3C71D9;
    private static final int LEVEL = 6;

    /** The length of the longest order, with the beginning of the remark. */
    private static final int LONGEST_ORDER = 120;

    private static final String[] WORDS = {
        "amber", "basalt", "cobalt", "delta", "ember", "fjord", "granite", "harbor", "island", "juniper", "kelp",
        "lagoon"
    };

    private final byte[][] texts = new byte[COUNT][];
    private final byte[][] frames = new byte[COUNT][];
    private int maxFrame;

    JsonDocuments(int size) {
        SplittableRandom random = new SplittableRandom(size);
        for (int i = 0; i < COUNT; i++) {
            texts[i] = document(random, size);
            frames[i] = MaskedFrame.of(MaskedFrame.TEXT | MaskedFrame.RSV1, compress(texts[i]), MASK);
            maxFrame = Math.max(maxFrame, frames[i].length);
        }
    }

    /** Returns the messages of one connection: all documents in turn, each connection from its own start. */
    Payload startingAt(int first) {
        return new Payload() {
            @Override
            public int maxFrame() {
                return maxFrame;
            }

            @Override
            public void append(ByteBuffer out, long number) {
                out.put(frames[index(number)]);
            }

            @Override
            public ByteBuffer expected(long number) {
                return ByteBuffer.wrap(texts[index(number)]);
            }

            private int index(long number) {
                return (int) ((first * 31L + number) % COUNT);
            }
        };
    }

    /** Returns a list of orders, and a remark that fills the rest. */
    private static byte[] document(SplittableRandom random, int size) {
        StringBuilder json = new StringBuilder("{\"orders\":[");
        do {
            json.append(json.charAt(json.length() - 1) == '}' ? "," : "").append(order(random));
        } while (json.length() < size - LONGEST_ORDER);
        json.append("],\"remark\":\"");
        int end = size - "\"}".length();
        while (json.length() < end) {
            json.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        }
        json.setLength(end);
        return json.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String order(SplittableRandom random) {
        return String.format(
                Locale.ROOT,
                "{\"id\":%d,\"item\":\"%s\",\"price\":%.2f,\"quantity\":%d,\"paid\":%b}",
                random.nextInt(1_000_000),
                WORDS[random.nextInt(WORDS.length)],
                random.nextDouble() * 100,
                random.nextInt(1, 20),
                random.nextBoolean());
    }

    private static byte[] compress(byte[] text) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            deflater.setInput(text);
            byte[] compressed = new byte[2 * text.length + 64];
            int length = deflater.deflate(compressed, 0, compressed.length, Deflater.SYNC_FLUSH);
            return Arrays.copyOf(compressed, length - TAIL);
        } finally {
            deflater.end();
        }
    }
}
