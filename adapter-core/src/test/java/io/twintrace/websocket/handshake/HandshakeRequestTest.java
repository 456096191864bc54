package io.twintrace.websocket.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a connection keeps of its request. */
class HandshakeRequestTest {
    private static HandshakeRequest request(Map<String, List<String>> headers) {
        return new HandshakeRequest("GET", "HTTP/1.1", "/chat", null, null, headers);
    }

    @Test
    void aHeaderIsFoundInAnySpelling() {
        HandshakeRequest request =
                request(Map.of("Sec-WebSocket-Key", List.of("abc"), "X-Tenant", List.of("blue"), "host", List.of("a")));
        assertEquals("abc", request.header("sec-websocket-key").orElseThrow());
        assertEquals("abc", request.header("Sec-WebSocket-Key").orElseThrow());
        assertEquals("blue", request.header("X-TENANT").orElseThrow());
        assertEquals("a", request.header("Host").orElseThrow());
        assertTrue(request.headers().containsKey("x-tenant"));
        assertFalse(request.headers().containsKey(""));
        assertFalse(request.headers().containsKey("X-Tenan"));
        assertNull(request.headers().get("Upgrade"));
    }

    @Test
    void headersKeepTheirSpellingAndTheOrderOfTheirLines() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Cookie", List.of("a=1", "b=2"));
        headers.put("x-forwarded-for", List.of("192.0.2.1"));
        headers.put("X-Empty", List.of(""));
        headers.put("Accept", List.of("*/*", ""));
        assertEquals(headers, request(headers).headers());
        assertEquals(Set.copyOf(headers.keySet()), request(headers).headers().keySet());
    }

    @Test
    void linesOfNamesThatDifferOnlyInCaseAreOneHeader() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("origin", List.of("a"));
        headers.put("Origin", List.of("b"));
        assertEquals(List.of("a", "b"), request(headers).headerLines("ORIGIN"));
        assertEquals(Map.of("origin", List.of("a", "b")), request(headers).headers());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 129, 255, 256, 16_383, 16_384, 3_000_000})
    void aLineMayHaveAnyLength(int length) {
        String line = "x".repeat(length);
        Map<String, List<String>> headers = Map.of("Cookie", List.of(line, "b"), "X-" + line, List.of("c", line));
        assertEquals(headers, request(headers).headers());
    }

    @Test
    void aLineMayHaveAnyCharacter() {
        Map<String, List<String>> headers =
                Map.of("X-Any", List.of("\u0000\u007f\u0080\u00ff", "\u20ac"), "Host", List.of("\u0001"));
        assertEquals(headers, request(headers).headers());
    }
}
