package io.twintrace.sample.conformance;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * The opening handshake as far as it concerns the protocol.
 *
 * @param extensions the accepted extension and its parameters, in their order; empty for none
 */
record Handshake(List<String> extensions) {
    private static final String EXTENSIONS = "Sec-WebSocket-Extensions";

    private static final int LARGEST_WINDOW = 1 << 15;

    /** The answer to the key that {@code RawClient} sends. RFC 6455 section 1.3 has both as its example. */
    private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    /** Offers extensions and expects an answer with exactly these parameters, in any order. */
    static Handshake hold(Peer peer, String path, String offer, String expected) throws IOException {
        String head = offer.isEmpty() ? peer.upgrade(path) : peer.upgrade(path, EXTENSIONS + ": " + offer);
        if (!head.startsWith("HTTP/1.1 101 ")
                || !values(head, "Sec-WebSocket-Accept").equals(List.of(ACCEPT))) {
            throw new AssertionError("the handshake failed: " + head.strip());
        }
        String answer = String.join(", ", values(head, EXTENSIONS));
        List<String> parameters = parameters(answer);
        if (!new TreeSet<>(parameters).equals(new TreeSet<>(parameters(expected)))
                || parameters.size() != parameters(expected).size()) {
            throw new AssertionError("accepted was: " + answer);
        }
        return new Handshake(parameters);
    }

    boolean has(String parameter) {
        return extensions.contains(parameter);
    }

    /** How many bytes the server's compressed data may refer back. */
    int serverWindow() {
        String prefix = "server_max_window_bits=";
        return extensions.stream()
                .filter(parameter -> parameter.startsWith(prefix))
                .mapToInt(parameter -> 1 << Integer.parseInt(parameter.substring(prefix.length())))
                .findFirst()
                .orElse(LARGEST_WINDOW);
    }

    private static List<String> parameters(String extension) {
        return extension.isEmpty() ? List.of() : List.of(extension.split("\\s*;\\s*", -1));
    }

    private static List<String> values(String head, String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .toList();
    }
}
