package io.twintrace.websocket.internal.handshake;

import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Checks and answers the opening handshake (RFC 6455 section 4.2). Immutable and safe for any thread.
 */
public final class Handshake {
    /** RFC 6455 section 1.3. */
    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final String KEY = "Sec-WebSocket-Key";
    private static final String VERSION = "Sec-WebSocket-Version";
    private static final String PROTOCOL = "Sec-WebSocket-Protocol";
    private static final String EXTENSIONS = "Sec-WebSocket-Extensions";

    private final OriginPolicy originPolicy;
    private final List<String> subprotocols;
    private final DeflateOptions deflate;

    /**
     * @param originPolicy which pages may connect
     * @param subprotocols the subprotocols of the server, the preferred one first
     * @param deflate whether and how to compress messages
     */
    public Handshake(OriginPolicy originPolicy, List<String> subprotocols, DeflateOptions deflate) {
        this.originPolicy = Objects.requireNonNull(originPolicy, "originPolicy");
        this.deflate = Objects.requireNonNull(deflate, "deflate");
        this.subprotocols = List.copyOf(subprotocols);
    }

    /** Returns whether the request asks for a WebSocket: it has the right Connection and Upgrade headers. */
    public static boolean isUpgrade(HandshakeRequest request) {
        return isUpgrade(request::headerLines);
    }

    /**
     * Returns whether headers ask for a WebSocket.
     *
     * @param lines returns the lines of a header
     */
    public static boolean isUpgrade(Function<String, List<String>> lines) {
        return HeaderSyntax.hasToken(lines.apply("Connection"), "upgrade")
                && HeaderSyntax.hasToken(lines.apply("Upgrade"), "websocket");
    }

    private static boolean hasToken(HandshakeRequest request, String header, String token) {
        return HeaderSyntax.hasToken(request.headerLines(header), token);
    }

    /** Returns the client's subprotocols, in its order, over all header lines; none if a line is malformed. */
    public static List<String> subprotocols(HandshakeRequest request) {
        return subprotocols(request::headerLines);
    }

    /**
     * Returns the client's subprotocols, in its order, over all header lines; none if a line is malformed.
     *
     * @param lines returns the lines of a header
     */
    public static List<String> subprotocols(Function<String, List<String>> lines) {
        List<String> tokens = HeaderSyntax.tokens(lines.apply(PROTOCOL));
        return tokens == null ? List.of() : tokens;
    }

    /** Checks the request and returns the answer. */
    public HandshakeResult answer(HandshakeRequest request) {
        Refused refused = check(request);
        return refused != null ? refused : accept(request);
    }

    /** Returns the first fault, or null. Method and version come before the headers, which a proxy may have removed. */
    private Refused check(HandshakeRequest request) {
        Refused refused = checkMethodAndVersion(request);
        return refused != null ? refused : checkHeaders(request);
    }

    private static Refused checkMethodAndVersion(HandshakeRequest request) {
        boolean newer =
                request.protocol().startsWith("HTTP/2") || request.protocol().startsWith("HTTP/3");
        if (newer && request.method().equals("CONNECT")) { // RFC 8441, RFC 9220: without Upgrade and Connection
            return refuse(
                    501,
                    "WebSockets over HTTP/2 and HTTP/3 are not supported here; stop the server's connector"
                            + " from announcing them (in Jetty: set connectProtocolEnabled to false), and browsers use"
                            + " HTTP/1.1");
        }
        if (!request.method().equals("GET")) {
            return refuse(405, "use GET to open a WebSocket", Map.of("Allow", "GET"));
        }
        if (newer) {
            return refuse(400, "this is a WebSocket endpoint, for HTTP/1.1 only; open it with a WebSocket client");
        }
        if (request.protocol().equals("HTTP/1.0") || request.protocol().equals("HTTP/0.9")) {
            return refuse(400, "a WebSocket needs HTTP/1.1; a proxy may have downgraded the request");
        }
        return null;
    }

    private Refused checkHeaders(HandshakeRequest request) {
        if (!hasToken(request, "Connection", "upgrade")) {
            return refuse(
                    400,
                    "this is a WebSocket endpoint: the Connection header lacks \"Upgrade\"; open it with a"
                            + " WebSocket client, and make proxies pass the Connection and Upgrade headers on");
        }
        if (!hasToken(request, "Upgrade", "websocket")) {
            return refuse(
                    426,
                    "this is a WebSocket endpoint: the Upgrade header lacks \"websocket\"",
                    Map.of("Upgrade", "websocket", "Connection", "Upgrade"));
        }
        if (!request.headerLines(VERSION).equals(List.of("13"))) {
            return refuse(
                    426,
                    "Sec-WebSocket-Version must be 13",
                    Map.of(VERSION, "13", "Upgrade", "websocket", "Connection", "Upgrade"));
        }
        if (!originPolicy.allows(request)) {
            return refuse(
                    403, "pages of this origin may not open a WebSocket here; see the allowed origins of the server");
        }
        if (!hasValidKey(request)) {
            return refuse(400, "Sec-WebSocket-Key must be present once, with 16 bytes in base64");
        }
        if (HeaderSyntax.tokens(request.headerLines(PROTOCOL)) == null) {
            return refuse(400, "Sec-WebSocket-Protocol is malformed");
        }
        if (ExtensionOffer.parse(request.headerLines(EXTENSIONS)) == null) {
            return refuse(400, "Sec-WebSocket-Extensions is malformed");
        }
        return null;
    }

    private Accepted accept(HandshakeRequest request) {
        Optional<String> subprotocol = choose(subprotocols(request));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put(
                "Sec-WebSocket-Accept",
                acceptFor(request.headerLines(KEY).get(0).strip()));
        subprotocol.ifPresent(chosen -> headers.put(PROTOCOL, chosen));
        Optional<DeflateParameters> agreed = chooseDeflate(request);
        agreed.ifPresent(parameters -> headers.put(EXTENSIONS, parameters.toString()));
        return new Accepted(headers, subprotocol, agreed);
    }

    /** Returns the first acceptable offer, in the client's order (RFC 7692 section 5). */
    private Optional<DeflateParameters> chooseDeflate(HandshakeRequest request) {
        return ExtensionOffer.parse(request.headerLines(EXTENSIONS)).stream()
                .filter(offer -> offer.name().equals(DeflateParameters.EXTENSION) && !offer.ambiguous())
                .map(offer -> DeflateParameters.answer(offer.parameters(), deflate))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Chooses by the server's order. Chooses none if none is common; the client decides whether to stay. */
    private Optional<String> choose(List<String> offered) {
        return subprotocols.stream().filter(offered::contains).findFirst();
    }

    private static boolean hasValidKey(HandshakeRequest request) {
        List<String> keys = request.headerLines(KEY);
        if (keys.size() != 1 || keys.get(0).strip().length() != 24) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(keys.get(0).strip()).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String acceptFor(String key) {
        try {
            // The RFC demands SHA-1. It proves that the server speaks WebSocket and protects nothing.
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = sha1.digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static Refused refuse(int status, String message) {
        return refuse(status, message, Map.of());
    }

    private static Refused refuse(int status, String message, Map<String, String> headers) {
        return new Refused(status, message, headers);
    }
}
