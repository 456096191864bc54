package io.twintrace.websocket.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
    private static final String CANARY = "canary";

    private final Map<String, List<String>> headers = new LinkedHashMap<>(Map.of(
            "Host", List.of("example.org"),
            "Connection", List.of("Upgrade"),
            "Upgrade", List.of("websocket"),
            "Sec-WebSocket-Version", List.of("13"),
            "Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ==")));

    private String method = "GET";
    private String protocol = "HTTP/1.1";
    private Handshake handshake = new Handshake(OriginPolicy.sameOrigin(), List.of(), DeflateOptions.off());

    private HandshakeTest with(String name, String... lines) {
        headers.put(name, List.of(lines));
        return this;
    }

    private HandshakeTest without(String name) {
        headers.remove(name);
        return this;
    }

    private HandshakeRequest request() {
        return new HandshakeRequest(method, protocol, "/chat", "a=b", null, headers);
    }

    private Accepted accepted() {
        return assertInstanceOf(Accepted.class, handshake.answer(request()));
    }

    private Refused refused(int status) {
        Refused refused = assertInstanceOf(Refused.class, handshake.answer(request()));
        assertEquals(status, refused.status(), refused.message());
        assertFalse(refused.message().toLowerCase(Locale.ROOT).contains(CANARY), refused.message());
        assertFalse(refused.headers().toString().contains(CANARY), refused.message());
        return refused;
    }

    @Test
    void theExampleOfTheRfcIsAnswered() {
        assertEquals(
                Map.of(
                        "Upgrade", "websocket",
                        "Connection", "Upgrade",
                        "Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
                accepted().headers());
        assertEquals(Optional.empty(), accepted().subprotocol());
    }

    @Test
    void headerNamesAndTokensAreReadInAnyCase() {
        without("Upgrade").without("Connection");
        with("uPGRADE", "WebSocket").with("CONNECTION", "keep-alive, uPgRaDe");
        accepted();
        assertTrue(Handshake.isUpgrade(request()));
    }

    @Test
    void tokensMayStandOnSeveralLines() {
        with("Connection", "keep-alive", "Upgrade").with("Upgrade", "h2c, websocket");
        accepted();
    }

    @Test
    void theChecksComeInTheirOrder() {
        headers.clear();
        method = "POST";
        protocol = "HTTP/1.0";
        assertEquals(Map.of("Allow", "GET"), refused(405).headers());
        method = "GET";
        assertTrue(refused(400).message().contains("HTTP/1.1"));
        protocol = "HTTP/1.1";
        assertTrue(refused(400).message().contains("Connection"));
        with("Connection", "Upgrade");
        assertEquals("websocket", refused(426).headers().get("Upgrade"));
        with("Upgrade", "websocket");
        assertEquals("13", refused(426).headers().get("Sec-WebSocket-Version"));
        with("Sec-WebSocket-Version", "13").with("Origin", "https://canary.example");
        refused(403);
        without("Origin");
        refused(400);
        with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        accepted();
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "upgrade-canary", "keep-alive", ""})
    void aConnectionHeaderWithoutUpgradeIs400(String value) {
        with("Connection", value).refused(400);
        assertFalse(Handshake.isUpgrade(request()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"h2c", "websocket-canary", "websocket/13", ""})
    void anUpgradeHeaderWithoutWebsocketIs426(String value) {
        with("Upgrade", value).refused(426);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "8", "14", "", "13, 13", "013", "canary"})
    void anotherVersionIs426AndNames13(String version) {
        assertEquals(
                "13",
                with("Sec-WebSocket-Version", version).refused(426).headers().get("Sec-WebSocket-Version"));
    }

    @Test
    void severalVersionLinesAre426() {
        with("Sec-WebSocket-Version", "13", "13").refused(426);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/0.9"})
    void oldHttpIs400(String old) {
        protocol = old;
        refused(400);
    }

    /** RFC 8441: the request lacks Connection and Upgrade, and the text must not blame a proxy for that. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/2", "HTTP/3.0"})
    void connectOfNewerHttpIsToldThatThereIsNone(String newer) {
        headers.clear();
        with("Sec-WebSocket-Version", "13");
        method = "CONNECT";
        protocol = newer;
        String message = refused(501).message();
        assertTrue(message.contains("WebSockets over HTTP/2 and HTTP/3 are not supported"), message);
        assertFalse(message.contains("Connection"), message);
        assertFalse(Handshake.isUpgrade(request()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/2.0", "HTTP/3.0"})
    void anOrdinaryRequestOfNewerHttpIsToldTheVersion(String newer) {
        headers.clear();
        protocol = newer;
        String message = refused(400).message();
        assertTrue(message.contains("HTTP/1.1"), message);
        method = "POST";
        refused(405);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "PUT"})
    void anotherMethodIs405WhateverHeadersItHas(String other) {
        headers.clear();
        method = other;
        assertEquals(Map.of("Allow", "GET"), refused(405).headers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "HEAD", "POST", "OPTIONS", "CONNECT"})
    void anotherMethodIs405(String other) {
        method = other;
        refused(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "canary",
                "dGhlIHNhbXBsZSBub25jZQ",
                "dGhlIHNhbXBsZSBub25jZQ=",
                "dGhlIHNhbXBsZSBub25jZQ===",
                "dGhlIHNhbXBsZSBub25jZTEy",
                "dGhlIHNhbXBsZSBub25jZTE=",
                "dGhlIHNhbXBsZSBub25j!Q==",
                "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
                "_-hlIHNhbXBsZSBub25jZQ=="
            })
    void aKeyThatIsNot16BytesInBase64Is400(String key) {
        with("Sec-WebSocket-Key", key).refused(400);
    }

    @Test
    void severalKeysAre400() {
        with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==")
                .refused(400);
    }

    @Test
    void spaceAroundAKeyIsNotPartOfIt() {
        with("Sec-WebSocket-Key", " dGhlIHNhbXBsZSBub25jZQ==\t");
        assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", accepted().headers().get("Sec-WebSocket-Accept"));
    }

    // ---- Subprotocols ---------------------------------------------------------------------------------------------

    @Test
    void theServersOrderWinsOverAllHeaderLines() {
        handshake = new Handshake(OriginPolicy.sameOrigin(), List.of("v3", "v2", "v1"), DeflateOptions.off());
        with("Sec-WebSocket-Protocol", "v1 ,other", "v2");
        assertEquals(Optional.of("v2"), accepted().subprotocol());
        assertEquals("v2", accepted().headers().get("Sec-WebSocket-Protocol"));
        assertEquals(List.of("v1", "other", "v2"), Handshake.subprotocols(request()));
    }

    @Test
    void noneInCommonIsNone() {
        handshake = new Handshake(OriginPolicy.sameOrigin(), List.of("V1"), DeflateOptions.off());
        with("Sec-WebSocket-Protocol", "v1");
        assertEquals(Optional.empty(), accepted().subprotocol());
        assertFalse(accepted().headers().containsKey("Sec-WebSocket-Protocol"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1 canary", "canary/1", "v1;canary", "canary\r\nX: y", "grüß"})
    void aMalformedSubprotocolIs400(String value) {
        with("Sec-WebSocket-Protocol", value).refused(400);
        assertEquals(List.of(), Handshake.subprotocols(request()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\r\nX: y", "a,b", "ü"})
    void aServerCannotBeConfiguredWithAMalformedOne(String name) {
        assertThrows(
                IllegalArgumentException.class, () -> WebSocketOptions.builder().subprotocols(List.of(name)));
    }

    // ---- Extensions -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "permessage-deflate",
                "permessage-deflate; client_max_window_bits, x-other; a=b; c=\"d\"",
                "a;b=\"\\c\" , , d",
                "a; b; b"
            })
    void wellFormedExtensionsAreAccepted(String value) {
        with("Sec-WebSocket-Extensions", value);
        assertFalse(accepted().headers().containsKey("Sec-WebSocket-Extensions"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";",
                "canary;",
                "canary; =b",
                "canary; a=",
                "a b",
                "a; b=\"canary",
                "a; b=\"\\",
                "a; b=\"\"",
                "a; b=\"c d\"",
                "a; b=\"c\"d",
                "a/b",
                "a; b==c"
            })
    void malformedExtensionsAre400(String value) {
        with("Sec-WebSocket-Extensions", value).refused(400);
    }

    /** CVE-2021-32640, ws: quadratic time for spaces. CVE-2020-7662, websocket-extensions: exponential for escapes. */
    @ParameterizedTest
    @CsvSource({
        "' ', ''",
        "' ', x",
        "',', ''",
        "'\\c', ''",
        "'a;', ''",
        "'a,', ''",
        "'\t', '='",
        "'\"', ''",
        "'permessage-deflate,', ''",
        "'permessage-deflate; server_max_window_bits=16,', ''",
        "'; server_no_context_takeover', ', permessage-deflate'"
    })
    void hugeHeadersAreReadInLinearTime(String piece, String end) {
        handshake = new Handshake(OriginPolicy.sameOrigin(), List.of("v1"), DeflateOptions.on());
        for (String begin : new String[] {"", "a; b=", "a; b=\"", "a", "permessage-deflate"}) {
            String value = begin + piece.repeat((1 << 17) / piece.length()) + end;
            for (String name : new String[] {
                "Sec-WebSocket-Extensions",
                "Sec-WebSocket-Protocol",
                "Connection",
                "Upgrade",
                "Sec-WebSocket-Key",
                "Origin"
            }) {
                headers.put(name, List.of(value));
                LinearTime.assertQuick(value.length(), () -> handshake.answer(request()));
                ExtensionOffer.parse(List.of(value));
            }
        }
    }

    @Test
    void whatARequestSaysOfItselfHoldsNeitherHeadersNorQuery() {
        assertEquals("GET /chat", request().toString());
    }

    @Test
    void aRequestIsACopy() {
        HandshakeRequest request = request();
        headers.clear();
        assertEquals(Optional.of("example.org"), request.header("hOST"));
        assertEquals(List.of(), request.headerLines("Cookie"));
        assertThrows(
                UnsupportedOperationException.class, () -> request.headers().clear());
    }
}
