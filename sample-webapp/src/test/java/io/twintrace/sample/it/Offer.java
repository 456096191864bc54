package io.twintrace.sample.it;

import java.util.stream.IntStream;

/** A client's offer in Sec-WebSocket-Extensions, the sample's expected answer, and the messages that follow. */
enum Offer {
    NONE("/echo", "", "", Offer.MIB_16),
    DEFAULT("/echo/deflate", "permessage-deflate; client_max_window_bits", "permessage-deflate", Offer.MIB_16),
    NO_CONTEXT_TAKEOVER(
            "/echo/deflate",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            Offer.MIB),
    SERVER_WINDOW_8(
            "/echo/deflate",
            "permessage-deflate; server_max_window_bits=8",
            "permessage-deflate; server_max_window_bits=8",
            Offer.KIB_16),
    WINDOW_9(
            "/echo/deflate",
            "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
            "permessage-deflate; server_max_window_bits=9; client_max_window_bits=9",
            Offer.MIB),
    WINDOW_15(
            "/echo/deflate",
            "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
            "permessage-deflate; server_max_window_bits=15; client_max_window_bits=15",
            Offer.KIB_64);

    private static final int KIB_16 = 16 << 10;
    private static final int KIB_64 = 64 << 10;
    private static final int MIB = 1 << 20;
    private static final int MIB_16 = 16 << 20;

    private final String path;
    private final String header;
    private final String answer;
    private final int largest;

    Offer(String path, String header, String answer, int largest) {
        this.path = path;
        this.header = header;
        this.answer = answer;
        this.largest = largest;
    }

    String path() {
        return path;
    }

    /** The client's header, or nothing. */
    String header() {
        return header;
    }

    /** The server's header, or nothing. */
    String answer() {
        return answer;
    }

    /**
     * Sizes of messages at which something changes, each with its neighbors: the frame's length takes another form, or
     * a buffer is full. Large sizes follow.
     */
    int[] sizes() {
        return IntStream.of(0, 125, 126, 127, KIB_16, 65_535, KIB_64, MIB, MIB_16)
                .filter(size -> size <= largest)
                .flatMap(size -> IntStream.of(size - 1, size, size + 1))
                .filter(size -> size >= 0)
                .distinct()
                .toArray();
    }
}
