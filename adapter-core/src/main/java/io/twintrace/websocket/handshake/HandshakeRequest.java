package io.twintrace.websocket.handshake;

import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The HTTP request that asked for the WebSocket. A copy, so it stays valid for as long as the connection; immutable.
 *
 * @param method the HTTP method
 * @param protocol such as {@code HTTP/1.1}
 * @param path the path as the client wrote it, without query
 * @param query the query as the client wrote it, or null
 * @param user who was authenticated by the container, or null
 * @param headers all header lines; names in any case
 */
public record HandshakeRequest(
        String method, String protocol, String path, String query, Principal user, Map<String, List<String>> headers) {
    private static final int LONGEST_PLAIN_PATH = 100;

    /**
     * Copies the headers.
     *
     * @param method the HTTP method
     * @param protocol such as {@code HTTP/1.1}
     * @param path without query
     * @param query may be null
     * @param user may be null
     * @param headers names in any case
     */
    public HandshakeRequest {
        headers = HeaderLines.copyOf(headers);
    }

    /**
     * All lines of a header.
     *
     * @param name in any case
     * @return in the order of the request; empty where there is none
     */
    public List<String> headerLines(String name) {
        return headers.getOrDefault(name, List.of());
    }

    /**
     * The first line of a header.
     *
     * @param name in any case
     * @return empty where there is none
     */
    public Optional<String> header(String name) {
        return headerLines(name).stream().findFirst();
    }

    /**
     * {@return the path for reports and logs} It has at most 100 characters, and no path parameters, which may hold a
     * session's identifier.
     */
    public String plainPath() {
        String plain = path.indexOf(';') < 0 ? path : path.replaceAll(";[^/]*", "");
        return plain.length() <= LONGEST_PLAIN_PATH ? plain : plain.substring(0, LONGEST_PLAIN_PATH) + "...";
    }

    /** Names neither headers nor query: the text of this may end in a log. */
    @Override
    public String toString() {
        return method + " " + plainPath();
    }
}
