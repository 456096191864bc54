package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.handshake.OriginPolicy;
import io.twintrace.websocket.internal.handshake.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log lines about refused handshakes. */
class RefusalLogTest {
    private final List<String> lines = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // it may overflow
    private final RefusalLog log = new RefusalLog("servlet \"chat\"", lines::add, clock::get);

    private final Map<String, List<String>> headers = new LinkedHashMap<>(Map.of(
            "Host", List.of("10.0.0.5:8080"),
            "Connection", List.of("Upgrade"),
            "Upgrade", List.of("websocket"),
            "Cookie", List.of("canary"),
            "Sec-WebSocket-Version", List.of("13"),
            "Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ==")));

    private String path = "/chat";

    private void refuse() {
        HandshakeRequest request = new HandshakeRequest("GET", "HTTP/1.1", path, "token=canary", null, headers);
        Handshake handshake = new Handshake(OriginPolicy.sameOrigin(), List.of(), DeflateOptions.off());
        log.log(request, (Refused) handshake.answer(request));
    }

    private void refuseOrigin(String... origins) {
        headers.put("Origin", List.of(origins));
        refuse();
    }

    private void pass(Duration duration) {
        clock.addAndGet(duration.toNanos());
    }

    @Test
    void anOriginIsComparedWithTheHost() {
        refuseOrigin("https://www.example.org");
        assertEquals(
                List.of("servlet \"chat\": WebSocket handshake for /chat refused with 403: the origin is"
                        + " \"https://www.example.org\" and the Host header \"10.0.0.5:8080\"; if the page is"
                        + " on another site that may connect, add its origin to the init-param \"origins\" (in code: originPolicy); if"
                        + " it is on this site, make the proxy pass the Host header on unchanged (nginx:"
                        + " proxy_set_header Host $http_host)"),
                lines);
    }

    @Test
    void aProxyThatDropsTheConnectionHeaderIsFound() {
        headers.remove("Connection");
        headers.remove("Upgrade");
        refuse();
        assertEquals(1, lines.size());
        assertTrue(
                lines.get(0).contains("refused with 400: this is a WebSocket endpoint: the Connection header lacks"));
    }

    /** Such a request gets the text in its answer, and health checks come every few seconds. */
    @Test
    void aPlainRequestLeavesNoLine() {
        headers.clear();
        refuse();
        assertEquals(List.of(), lines);
    }

    @Test
    void oneLineInTenSecondsSaysHowManyWereLeftOut() {
        for (int i = 0; i < 1000; i++) {
            refuseOrigin("https://www.example.org");
        }
        assertEquals(1, lines.size());
        pass(Duration.ofSeconds(10).minusNanos(1));
        refuse();
        assertEquals(1, lines.size());
        pass(Duration.ofNanos(1));
        refuse();
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).endsWith("; 1000 more since the last such line"), lines.get(1));
        pass(Duration.ofDays(1));
        refuse();
        assertFalse(lines.get(2).contains("more since"), lines.get(2));
    }

    @Test
    void anotherReasonHasALineOfItsOwn() {
        refuseOrigin("https://www.example.org");
        headers.remove("Origin");
        headers.put("Sec-WebSocket-Version", List.of("8"));
        refuse();
        assertEquals(2, lines.size());
        assertTrue(lines.get(1).endsWith("refused with 426: Sec-WebSocket-Version must be 13"), lines.get(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a\r\nERROR forged",
                "https://a\u001b[31m",
                "https://a\u202egro.elpmaxe",
                "https://a\" and the Host header \"b",
                "https://a b",
                "https://ä"
            })
    void nothingInAHeaderCanForgeALine(String origin) {
        refuseOrigin(origin);
        assertTrue(lines.get(0).matches("[ -~]+"), lines.get(0));
        assertTrue(lines.get(0).contains("the origin is \"https://a?")
                || lines.get(0).contains("\"https://?\""));
        assertFalse(lines.get(0).contains("\"b\""), lines.get(0));
    }

    @Test
    void aLineIsBounded() {
        path = "/" + "p".repeat(100_000) + ";jsessionid=canary";
        headers.put("Host", List.of("h".repeat(100_000)));
        refuseOrigin("https://" + "o".repeat(100_000));
        assertTrue(lines.get(0).length() < 1000);
        assertFalse(lines.get(0).contains("canary"));
    }

    @Test
    void severalOriginsAreCounted() {
        refuseOrigin("https://a.example", "https://b.example");
        assertTrue(lines.get(0).contains("the origin is present 2 times and the Host header"), lines.get(0));
    }

    @Test
    void ofAllHeadersOnlyOriginAndHostAreShown() {
        for (String name : List.of("Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key")) {
            List<String> before = headers.put(name, List.of("canary"));
            headers.put("Sec-WebSocket-Protocol", List.of("canary canary"));
            refuse();
            headers.put(name, before);
        }
        refuse();
        refuseOrigin("https://www.example.org");
        assertEquals(6, lines.size());
        assertFalse(lines.toString().contains("canary"), lines::toString);
    }
}
