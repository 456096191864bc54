package io.twintrace.websocket.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** For any request, the answer is the right one, is made in linear time, and reflects nothing. */
class HandshakeFuzz {
    private static final List<String> SPOKEN = List.of("chat.v2", "chat.v1");
    private static final Handshake STRICT = new Handshake(OriginPolicy.sameOrigin(), SPOKEN, DeflateOptions.off());
    private static final Handshake OPEN = new Handshake(OriginPolicy.any(), SPOKEN, DeflateOptions.on());
    private static final Set<String> ANSWERED = Set.of(
            "Upgrade",
            "Connection",
            "Allow",
            "Sec-WebSocket-Version",
            "Sec-WebSocket-Accept",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Extensions");

    @FuzzTest
    void requestHead(byte[] head) {
        HandshakeRequest request = parse(new String(head, StandardCharsets.ISO_8859_1));
        int expected = expectedStatus(request);
        assertEquals(expected, statusOf(OPEN.answer(request)));
        check(OPEN.answer(request), request);

        int strict = statusOf(STRICT.answer(request));
        assertTrue(strict == expected
                || (strict == 403 && !request.headerLines("Origin").isEmpty()));
        check(STRICT.answer(request), request);

        if (Arrays.hashCode(head) % 64 == 0) { // only sometimes, since it is slow
            request.headers()
                    .forEach((name, lines) -> lines.forEach(
                            line -> LinearTime.check(line, value -> STRICT.answer(with(request, name, value)))));
        }
    }

    private static void check(HandshakeResult result, HandshakeRequest request) {
        Map<String, String> headers;
        if (result instanceof Accepted accepted) {
            headers = accepted.headers();
            assertEquals(
                    acceptFor(request.headerLines("Sec-WebSocket-Key").get(0)), headers.get("Sec-WebSocket-Accept"));
            assertEquals(accepted.subprotocol().orElse(null), headers.get("Sec-WebSocket-Protocol"));
            assertEquals(
                    accepted.deflate().map(DeflateParameters::toString).orElse(null),
                    headers.get("Sec-WebSocket-Extensions"));
            accepted.subprotocol().ifPresent(chosen -> {
                assertTrue(SPOKEN.contains(chosen));
                assertTrue(Handshake.subprotocols(request).contains(chosen));
            });
        } else {
            Refused refused = (Refused) result;
            assertPlain(refused.message());
            headers = refused.headers();
        }
        headers.forEach((name, value) -> {
            assertTrue(ANSWERED.contains(name), name);
            assertPlain(value);
        });
    }

    /** One short line of printable ASCII: nothing that could end a header or begin another. */
    private static void assertPlain(String text) {
        assertTrue(text.length() < 300 && text.chars().allMatch(c -> c >= ' ' && c <= '~'), text);
    }

    private static int statusOf(HandshakeResult result) {
        return result instanceof Refused refused ? refused.status() : 101;
    }

    /** RFC 6455 section 4.2, for a server that admits every origin. */
    private static int expectedStatus(HandshakeRequest request) {
        boolean newer = request.protocol().matches("(?s)HTTP/[23].*");
        if (!request.method().equals("GET")) {
            return newer && request.method().equals("CONNECT") ? 501 : 405;
        }
        if (newer || request.protocol().matches("HTTP/(1\\.0|0\\.9)") || !names(request, "Connection", "upgrade")) {
            return 400;
        }
        if (!names(request, "Upgrade", "websocket")) {
            return 426;
        }
        if (!request.headerLines("Sec-WebSocket-Version").equals(List.of("13"))) {
            return 426;
        }
        List<String> keys = request.headerLines("Sec-WebSocket-Key");
        if (keys.size() != 1 || !keys.get(0).strip().matches("[A-Za-z0-9+/]{22}==")) {
            return 400;
        }
        for (String protocol : listed(request, "Sec-WebSocket-Protocol")) {
            if (!protocol.isEmpty() && !ReferenceHeaders.isToken(protocol)) {
                return 400;
            }
        }
        return ReferenceHeaders.extensions(request.headerLines("Sec-WebSocket-Extensions")) == null ? 400 : 101;
    }

    private static boolean names(HandshakeRequest request, String header, String token) {
        return listed(request, header).stream().anyMatch(token::equalsIgnoreCase);
    }

    private static List<String> listed(HandshakeRequest request, String header) {
        String all = String.join(",", request.headerLines(header));
        return Arrays.stream(all.split(",")).map(String::strip).toList();
    }

    private static String acceptFor(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key.strip() + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** A request line and headers. Laxer than any container: values may hold what containers refuse. */
    private static HandshakeRequest parse(String head) {
        String[] lines = head.split("\r\n", -1);
        String[] first = lines[0].split(" ", 3);
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(": ");
            if (colon > 0) {
                headers.computeIfAbsent(lines[i].substring(0, colon), unused -> new ArrayList<>())
                        .add(lines[i].substring(colon + 2));
            }
        }
        String path = first.length > 1 ? first[1] : "/";
        return new HandshakeRequest(first[0], first.length > 2 ? first[2] : "HTTP/1.1", path, null, null, headers);
    }

    private static HandshakeRequest with(HandshakeRequest request, String name, String value) {
        Map<String, List<String>> headers = new LinkedHashMap<>(request.headers());
        headers.put(name, List.of(value));
        return new HandshakeRequest(request.method(), request.protocol(), request.path(), null, null, headers);
    }
}
