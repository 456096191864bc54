package io.twintrace.websocket.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SplittableRandom;

/** JSON as applications send it: lists of orders, each different. */
final class JsonTexts {
    private static final String[] ITEMS = {
        "amber", "basalt", "cobalt", "delta", "ember", "fjord", "granite", "harbor", "island", "juniper", "kelp",
        "lagoon"
    };

    private JsonTexts() {}

    /** Returns texts of exactly this many bytes, the same in each run. */
    static byte[][] ofSize(int size, int count) {
        SplittableRandom random = new SplittableRandom(size);
        byte[][] texts = new byte[count][];
        for (int i = 0; i < count; i++) {
            texts[i] = text(random, size);
        }
        return texts;
    }

    /** Cuts the text off at the size, since nobody here parses it as JSON. */
    private static byte[] text(SplittableRandom random, int size) {
        StringBuilder json = new StringBuilder("{\"orders\":[");
        while (json.length() < size) {
            json.append(order(random)).append(',');
        }
        json.setLength(size);
        return json.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String order(SplittableRandom random) {
        return String.format(
                Locale.ROOT,
                "{\"id\":%d,\"item\":\"%s\",\"price\":%.2f,\"quantity\":%d,\"paid\":%b}",
                random.nextInt(1_000_000),
                ITEMS[random.nextInt(ITEMS.length)],
                random.nextDouble() * 100,
                random.nextInt(1, 20),
                random.nextBoolean());
    }
}
