package io.twintrace.sample.conformance;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Makes one step of its words. */
final class StepParser {
    private static final Map<String, Integer> OPCODES =
            Map.of("cont", 0x0, "text", 0x1, "binary", 0x2, "close", 0x8, "ping", 0x9, "pong", 0xa);

    private final List<String> words;
    private final String first;
    private int next = 1;

    private StepParser(List<String> words) {
        this.words = words;
        this.first = words.get(0);
    }

    static Step parse(List<String> words) {
        StepParser parser = new StepParser(words);
        Step step = parser.step();
        if (parser.hasNext()) {
            throw new IllegalArgumentException("what is " + parser.next() + "?");
        }
        return step;
    }

    private Step step() {
        return switch (first) {
            case "silence" -> new Step.Silence();
            case "offer", "accept" -> new Step.Extensions(rest());
            case "more" -> new Step.More(payload());
            case "deflate", "plain" -> piece();
            default -> frame();
        };
    }

    private Step piece() {
        Corpus corpus = Corpus.valueOf(next().toUpperCase(Locale.ROOT));
        return new Step.Piece(corpus, Integer.parseInt(next()), first.equals("deflate"), fragmentSize());
    }

    private Step frame() {
        boolean fin = !first.endsWith("-");
        int opcode = opcode(fin ? first : first.substring(0, first.length() - 1));
        int rsv = hasNext() && words.get(next).startsWith("rsv") ? Integer.parseInt(next().substring(3)) : 0;
        int declaredLength = skip("of") ? Integer.parseInt(next()) : -1;
        Payload payload = payload();
        return new Step.Frame(fin, rsv, opcode, declaredLength, payload, fragmentSize());
    }

    private static int opcode(String name) {
        if (name.startsWith("op")) {
            return Integer.parseInt(name.substring(2), 16);
        }
        Integer opcode = OPCODES.get(name);
        if (opcode == null) {
            throw new IllegalArgumentException("no frame: " + name);
        }
        return opcode;
    }

    private int fragmentSize() {
        return skip("by") ? Integer.parseInt(next()) : 0;
    }

    private Payload payload() {
        int from = next;
        while (hasNext() && !words.get(next).equals("by")) {
            next++;
        }
        return Payload.parse(words.subList(from, next));
    }

    private String rest() {
        String rest = String.join(" ", words.subList(next, words.size()));
        next = words.size();
        return rest;
    }

    private boolean skip(String word) {
        boolean found = hasNext() && words.get(next).equals(word);
        if (found) {
            next++;
        }
        return found;
    }

    private boolean hasNext() {
        return next < words.size();
    }

    private String next() {
        if (!hasNext()) {
            throw new IllegalArgumentException("something is missing after " + String.join(" ", words));
        }
        return words.get(next++);
    }
}
