package io.twintrace.websocket.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {
    private static HandshakeRequest request(List<String> origins, List<String> hosts) {
        return new HandshakeRequest("GET", "HTTP/1.1", "/", null, null, Map.of("Origin", origins, "Host", hosts));
    }

    private static boolean allows(OriginPolicy policy, String origin, String host) {
        return policy.allows(request(List.of(origin), List.of(host)));
    }

    @ParameterizedTest
    @CsvSource({
        "http://example.org, example.org, true",
        "https://example.org, example.org, true",
        "http://example.org:80, example.org, true",
        "http://example.org, example.org:80, true",
        "https://example.org:443, example.org, true",
        "https://example.org, example.org:443, true",
        "http://example.org:8080, example.org:8080, true",
        "HTTP://Example.ORG, eXAMPLE.org, true",
        "http://[::1]:8080, [::1]:8080, true",
        "http://[::1], [::1]:80, true",
        "http://127.0.0.1, 127.0.0.1, true",
        "http://my_service:8080, my_service:8080, true",
        "http://my_service, MY_SERVICE:80, true",
        "http://my_service, my_service:8080, false",
        "http://your_service, my_service, false",
        "https://example.org:80, example.org, false",
        "http://example.org, example.org:443, false",
        "http://example.org:8080, example.org, false",
        "http://example.org, example.org:8080, false",
        "http://example.org:8080, example.org:8081, false",
        "http://[::1]:8080, [::2]:8080, false",
        "http://evil.example, example.org, false",
        "http://example.org.evil.example, example.org, false",
        "http://evil.example/example.org, example.org, false",
        "http://example.org@evil.example, example.org, false",
        "http://evil.example, example.org@evil.example, false",
        "http://my_evil@my_service, my_service, false",
        "http://my_service, x@my_service, false",
        "http://my_service:80:80, my_service, false",
        "http://example.org/, example.org, false",
        "http://example.org?x, example.org, false",
        "http://example.org#x, example.org, false",
        "null, example.org, false",
        "null, null, false",
        "'', example.org, false",
        "example.org, example.org, false",
        "http://, '', false",
        "file://, example.org, false",
        "http://ex ample.org, ex ample.org, false",
        "http://\u212Aelvin.example, kelvin.example, false",
        "http://example.org, '', false",
        "'http://example.org, http://example.org', example.org, false",
    })
    void theSameOriginHasTheHostAndPortOfTheHostHeader(String origin, String host, boolean allowed) {
        assertEquals(allowed, allows(OriginPolicy.sameOrigin(), origin, host));
    }

    @Test
    void aRequestWithoutOriginComesFromNoPageAndIsAllowed() {
        assertTrue(OriginPolicy.sameOrigin().allows(request(List.of(), List.of("example.org"))));
        assertTrue(OriginPolicy.sameOrigin().allows(request(List.of(), List.of())));
    }

    @Test
    void severalOriginsOrHostsAreRefused() {
        String origin = "http://example.org";
        OriginPolicy listed = OriginPolicy.allowing(List.of("http://listed.example"));
        assertFalse(OriginPolicy.sameOrigin().allows(request(List.of(origin, origin), List.of("example.org"))));
        assertFalse(OriginPolicy.sameOrigin().allows(request(List.of(origin), List.of("example.org", "example.org"))));
        assertFalse(OriginPolicy.sameOrigin().allows(request(List.of(origin), List.of())));
        assertFalse(listed.allows(
                request(List.of("http://listed.example", "http://listed.example"), List.of("example.org"))));
    }

    @Test
    void listedOriginsAreAllowedBesideTheSameOne() {
        OriginPolicy policy = OriginPolicy.allowing(List.of("HTTPS://app.Example.org:443", "http://localhost:3000"));
        assertTrue(allows(policy, "https://app.example.org", "api.example.org"));
        assertTrue(allows(policy, "http://localhost:3000", "api.example.org"));
        assertTrue(allows(policy, "http://api.example.org", "api.example.org"));
        assertFalse(allows(policy, "http://app.example.org", "api.example.org"));
        assertFalse(allows(policy, "http://localhost:3001", "api.example.org"));
        assertFalse(allows(policy, "null", "api.example.org"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "*", "example.org", "https://", "https://example.org/", "https://a@b.example"})
    void whatIsNotAnOriginCannotBeListed(String origin) {
        assertThrows(IllegalArgumentException.class, () -> OriginPolicy.allowing(List.of(origin)));
    }

    @Test
    void anyOriginIsAllowedWhereThatIsAskedFor() {
        assertTrue(allows(OriginPolicy.any(), "null", "example.org"));
    }
}
