package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page and its parts. */
interface PageTests extends OnServer {
    Pattern REFERENCE = Pattern.compile("(?:href|src)=\"([^#\"]+)\"");

    @ParameterizedTest
    @ValueSource(strings = {"/", "/index.html", "/app.js", "/style.css"})
    default void thePageIsServedWithItsSecurityHeaders(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertEquals(200, response.statusCode());
        assertTrue(response.body().length() > 1000, response::body);
        assertEquals(
                "default-src 'self'; connect-src 'self' ws: wss:",
                response.headers().firstValue("Content-Security-Policy").orElse("none"));
        assertEquals(
                "nosniff",
                response.headers().firstValue("X-Content-Type-Options").orElse("none"));
    }

    @Test
    default void everythingThatThePageRefersToIsThere() throws Exception {
        Set<String> references = new TreeSet<>(Set.of("favicon.ico")); // browsers request it for pages of plain text
        for (MatchResult found : REFERENCE.matcher(get("/").body()).results().toList()) {
            references.add(found.group(1));
        }
        assertTrue(
                references.containsAll(Set.of("favicon.svg", "app.js", "docs/concurrent-writes.md")),
                references::toString);
        for (String reference : references) {
            HttpResponse<String> response = get("/" + reference);
            assertEquals(200, response.statusCode(), reference);
            if (reference.endsWith(".md")) {
                String type = response.headers().firstValue("Content-Type").orElse("none");
                assertEquals(
                        "text/plain;charset=utf-8",
                        type.toLowerCase(Locale.ROOT).replace(" ", ""),
                        reference);
            }
        }
    }

    @Test
    default void aPlainGetOfAWebSocketIsToldWhatThisIs() throws Exception {
        HttpResponse<String> response = get("/echo");
        assertEquals(400, response.statusCode());
        assertTrue(response.body().startsWith("this is a WebSocket endpoint"), response::body);
    }

    @Test
    default void theReportOfNoRaceIs404() throws Exception {
        assertEquals(404, get("/race/report?run=0").statusCode());
    }

    default HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // HTTP/2 would begin with an upgrade of its own
                .build()
                .send(HttpRequest.newBuilder(server().http(path)).build(), BodyHandlers.ofString());
    }
}
