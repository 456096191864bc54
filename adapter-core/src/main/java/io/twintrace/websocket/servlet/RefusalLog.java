package io.twintrace.websocket.servlet;

import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.internal.handshake.Handshake;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Logs the handshakes that a servlet rejects, because a browser shows its user neither the status nor the text of the
 * response. Logs at most one line every ten seconds for each reason, with the number of omitted lines. Of the request,
 * logs only the path, Origin and Host, and what the application takes from it. Safe for use by any thread.
 */
final class RefusalLog {
    private static final int MAX_LENGTH = 120;
    private static final String NOT_OFFERED = "the client must offer the subprotocol ";

    private final String owner;
    private final Consumer<String> log;
    private final LongSupplier nanoTime;

    /** By the reason of the rejection. */
    private final Map<String, LogRate> rates = new ConcurrentHashMap<>();

    RefusalLog(String owner, Consumer<String> log, LongSupplier nanoTime) {
        this.owner = owner;
        this.log = log;
        this.nanoTime = nanoTime;
    }

    /** Rejects a client that does not offer the only subprotocol. */
    static Refused notOffered(String subprotocol) {
        return new Refused(400, NOT_OFFERED + subprotocol, Map.of());
    }

    /**
     * Returns why the library rejects a handshake, without the name of a subprotocol, which the application may have
     * taken from the request. There are about ten different reasons.
     */
    static String reason(Refused refused) {
        return refused.message().startsWith(NOT_OFFERED) ? NOT_OFFERED.strip() : refused.message();
    }

    /** Logs that the library rejects a handshake. */
    void log(HandshakeRequest request, Refused refused) {
        String reason = reason(refused);
        String why = refused.status() == 403 ? origin(request) : refused.message();
        boolean isOurs = reason.equals(refused.message());
        log(request, reason, "refused with " + refused.status() + ": " + (isOurs ? why : printable(why, ' ')));
    }

    /** Logs that the application rejects a handshake. Its reasons may be many. */
    void logByApplication(HandshakeRequest request, Refused refused) {
        String status = "refused by the application with " + refused.status();
        log(request, status, status + ": " + printable(refused.message(), ' '));
    }

    private void log(HandshakeRequest request, String reason, String text) {
        if (!isHandshake(request)) {
            return; // a page in a browser or a health check: the response itself says what is wrong
        }
        String end =
                rates.computeIfAbsent(reason, unused -> new LogRate(nanoTime)).next();
        if (end != null) {
            log.accept((owner.isEmpty() ? "" : owner + ": ") + "WebSocket handshake for "
                    + printable(request.plainPath()) + " " + text + end);
        }
    }

    /** Tells whether the client wants a WebSocket. Proxies may drop Upgrade and Connection, but not the rest. */
    static boolean isHandshake(HandshakeRequest request) {
        return request.method().equals("CONNECT")
                || request.header("Sec-WebSocket-Key").isPresent()
                || request.header("Sec-WebSocket-Version").isPresent()
                || Handshake.isUpgrade(request);
    }

    private static String origin(HandshakeRequest request) {
        return "the origin is " + quoted(request.headerLines("Origin")) + " and the Host header "
                + quoted(request.headerLines("Host"))
                + "; if the page is on another site that may connect, add its origin"
                + " to the init-param \"origins\" (in code: originPolicy); if it is on this site, make the proxy pass the Host header on"
                + " unchanged (nginx: proxy_set_header Host $http_host)";
    }

    private static String quoted(List<String> lines) {
        return switch (lines.size()) {
            case 0 -> "missing";
            case 1 -> '"' + printable(lines.get(0)) + '"';
            default -> "present " + lines.size() + " times";
        };
    }

    /** Replaces characters that could end the line or quotation, or change the terminal's color or text direction. */
    static String printable(String text) {
        return printable(text, '!');
    }

    private static String printable(String text, char lowest) {
        boolean fits = text.length() <= MAX_LENGTH;
        StringBuilder printable = new StringBuilder(fits ? text : text.substring(0, MAX_LENGTH));
        for (int i = 0; i < printable.length(); i++) {
            char c = printable.charAt(i);
            if (c < lowest || c > '~' || c == '"') {
                printable.setCharAt(i, '?');
            }
        }
        return fits ? printable.toString() : printable + "...";
    }
}
