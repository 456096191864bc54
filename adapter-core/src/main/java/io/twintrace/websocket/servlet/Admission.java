package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import jakarta.servlet.ServletContext;
import java.util.Map;
import java.util.TreeMap;

/** The answer to a handshake that asks for a place: the place, which is a {@code Connections.Place}, or a refusal. */
interface Admission {
    /**
     * There is no place.
     *
     * @param response why, and when to try again
     */
    record Rejected(Refused response) implements Admission {}

    /** Makes refusals, and logs those that show a limit, at a limited rate. Safe for use by any thread. */
    final class Refusals {
        private final ServletContext context;
        private final Map<String, String> headers;
        private final LogRate fullLog = new LogRate();
        private final LogRate addressLog = new LogRate();

        Refusals(ServletContext context, WebSocketOptions options) {
            this.context = context;
            long seconds = options.retryAfter().toSeconds();
            this.headers = seconds == 0 ? Map.of() : Map.of("Retry-After", Long.toString(seconds));
        }

        /** Ends the HTTP connection too, for which a container might wait that stops. */
        Rejected stopping() {
            Map<String, String> all = new TreeMap<>(headers);
            all.put("Connection", "close");
            return new Rejected(new Refused(503, "this server is stopping", all));
        }

        Rejected full(int limit) {
            String end = fullLog.next();
            if (end != null) {
                context.log("refusing WebSocket handshakes with 503: " + limit
                        + " connections are open, the limit set by init-param max-connections (in code: maxConnections)"
                        + end);
            }
            return new Rejected(new Refused(503, "too many connections", headers));
        }

        /** Refuses with 429, because a proxy takes a 503 for a server that is down, and that for all its clients. */
        Rejected fullFor(String address, int limit) {
            String end = addressLog.next();
            if (end != null) {
                context.log("refusing WebSocket handshakes from " + address + " with 429: " + limit
                        + " connections from there are open, the limit set by init-param max-connections-per-address"
                        + " (in code: maxConnectionsPerAddress); if this is the address of a proxy, make the container"
                        + " take the client's from the proxy's headers (Tomcat: RemoteIpValve; Jetty:"
                        + " ForwardedRequestCustomizer), or set no such limit" + end);
            }
            return new Rejected(new Refused(429, "too many connections from this address", headers));
        }
    }
}
