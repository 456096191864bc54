package io.twintrace.websocket.handshake;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The negotiated parameters of permessage-deflate (RFC 7692 section 7.1). Immutable.
 *
 * @param serverNoContextTakeover whether the server compresses each message separately
 * @param clientNoContextTakeover whether the client compresses each message separately
 * @param serverMaxWindowBits base-2 logarithm of the server's maximum window size in bytes; empty if not negotiated
 * @param clientMaxWindowBits the same for the client
 */
public record DeflateParameters(
        boolean serverNoContextTakeover,
        boolean clientNoContextTakeover,
        OptionalInt serverMaxWindowBits,
        OptionalInt clientMaxWindowBits) {
    /** The extension's name in the Sec-WebSocket-Extensions header. */
    public static final String EXTENSION = "permessage-deflate";

    private static final String SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
    private static final String CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
    private static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
    private static final String CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";

    /** The default window has 32 KiB. */
    private static final int DEFAULT_WINDOW_BITS = 15;

    private static final int MIN_WINDOW_BITS = 8;

    /**
     * Checks the window sizes.
     *
     * @param serverNoContextTakeover whether the server compresses each message separately
     * @param clientNoContextTakeover whether the client compresses each message separately
     * @param serverMaxWindowBits 8 to 15, or empty
     * @param clientMaxWindowBits 8 to 15, or empty
     */
    public DeflateParameters {
        checkWindowBits(SERVER_MAX_WINDOW_BITS, serverMaxWindowBits);
        checkWindowBits(CLIENT_MAX_WINDOW_BITS, clientMaxWindowBits);
    }

    private static void checkWindowBits(String name, OptionalInt bits) {
        if (bits.isPresent() && (bits.getAsInt() < MIN_WINDOW_BITS || bits.getAsInt() > DEFAULT_WINDOW_BITS)) {
            throw new IllegalArgumentException(name + " is " + bits.getAsInt() + ", but must be 8 to 15");
        }
    }

    /**
     * Answers one offer of a client.
     *
     * @param offer names and values of the parameters, in any order
     * @param options the server's options
     * @return empty to decline the offer. RFC 7692 section 7.1 requires this for an unknown parameter or invalid value.
     */
    public static Optional<DeflateParameters> answer(Map<String, Optional<String>> offer, DeflateOptions options) {
        if (!options.enabled()) {
            return Optional.empty();
        }
        boolean takeover = options.contextTakeover();
        boolean serverAlone = !takeover;
        boolean clientAlone = !takeover;
        OptionalInt serverBits = OptionalInt.empty();
        OptionalInt clientBits = OptionalInt.empty();
        boolean serverChooses = false;
        for (Map.Entry<String, Optional<String>> parameter : offer.entrySet()) {
            Optional<String> value = parameter.getValue();
            boolean valid;
            switch (parameter.getKey()) {
                case SERVER_NO_CONTEXT_TAKEOVER -> {
                    serverAlone = true;
                    valid = value.isEmpty();
                }
                case CLIENT_NO_CONTEXT_TAKEOVER -> {
                    clientAlone = true;
                    valid = value.isEmpty();
                }
                case SERVER_MAX_WINDOW_BITS -> {
                    serverBits = windowBits(value);
                    valid = serverBits.isPresent();
                }
                case CLIENT_MAX_WINDOW_BITS -> {
                    // Without a value, the client only permits the server to choose a smaller window.
                    clientBits = windowBits(value);
                    serverChooses = true;
                    valid = value.isEmpty() || clientBits.isPresent();
                }
                default -> valid = false;
            }
            if (!valid) {
                return Optional.empty();
            }
        }
        int chosen = Integer.numberOfTrailingZeros(options.clientWindow());
        if (serverChooses && !clientAlone && chosen < clientBits.orElse(DEFAULT_WINDOW_BITS)) {
            clientBits = OptionalInt.of(chosen);
        }
        return Optional.of(new DeflateParameters(serverAlone, clientAlone, serverBits, clientBits));
    }

    /** {@return the server's maximum window size in bytes} */
    public int serverWindow() {
        return 1 << serverMaxWindowBits.orElse(DEFAULT_WINDOW_BITS);
    }

    /** {@return the client's maximum window size in bytes} */
    public int clientWindow() {
        return 1 << clientMaxWindowBits.orElse(DEFAULT_WINDOW_BITS);
    }

    /** Formats the parameters as the value of a Sec-WebSocket-Extensions header. */
    @Override
    public String toString() {
        StringBuilder header = new StringBuilder(EXTENSION);
        if (serverNoContextTakeover) {
            header.append("; ").append(SERVER_NO_CONTEXT_TAKEOVER);
        }
        if (clientNoContextTakeover) {
            header.append("; ").append(CLIENT_NO_CONTEXT_TAKEOVER);
        }
        serverMaxWindowBits.ifPresent(bits ->
                header.append("; ").append(SERVER_MAX_WINDOW_BITS).append('=').append(bits));
        clientMaxWindowBits.ifPresent(bits ->
                header.append("; ").append(CLIENT_MAX_WINDOW_BITS).append('=').append(bits));
        return header.toString();
    }

    /** Parses 8 to 15 without leading zeros. Returns empty for anything else. */
    private static OptionalInt windowBits(Optional<String> value) {
        for (int bits = MIN_WINDOW_BITS; bits <= DEFAULT_WINDOW_BITS; bits++) {
            if (value.isPresent() && value.get().equals(Integer.toString(bits))) {
                return OptionalInt.of(bits);
            }
        }
        return OptionalInt.empty();
    }
}
