package io.twintrace.websocket.handshake;

import io.twintrace.websocket.detect.ConnectionId;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The HTTP request of the opening handshake. This is an immutable copy, so it stays valid as long as the connection.
 *
 * @param method the HTTP method
 * @param protocol such as {@code HTTP/1.1}
 * @param path the path as the client wrote it, without the query
 * @param pathInfo the part of the path after the servlet's mapping, decoded, such as {@code /blue} for {@code
 *     /rooms/blue} with the mapping {@code /rooms/*}; null if there is none
 * @param query the query as the client wrote it, or null
 * @param user the user that the container authenticated, or null
 * @param roles those of the options' roles that the user had at the handshake
 * @param session the HTTP session at the handshake, or null; it may have ended meanwhile
 * @param headers all header lines by name; names are case-insensitive
 */
public record HandshakeRequest(
        String method,
        String protocol,
        String path,
        String pathInfo,
        String query,
        Principal user,
        Set<String> roles,
        HttpSession session,
        Map<String, List<String>> headers) {
    /**
     * Copies the headers.
     *
     * @param method the HTTP method
     * @param protocol such as {@code HTTP/1.1}
     * @param path without the query
     * @param pathInfo may be null
     * @param query may be null
     * @param user may be null
     * @param roles the roles of the user that the application may ask for
     * @param session may be null
     * @param headers names are case-insensitive
     */
    public HandshakeRequest {
        roles = Set.copyOf(roles);
        headers = HeaderLines.copyOf(headers);
    }

    /**
     * Copies the headers. For a request without a session, and for tests.
     *
     * @param method the HTTP method
     * @param protocol such as {@code HTTP/1.1}
     * @param path without the query
     * @param query may be null
     * @param user may be null
     * @param headers names are case-insensitive
     */
    public HandshakeRequest(
            String method,
            String protocol,
            String path,
            String query,
            Principal user,
            Map<String, List<String>> headers) {
        this(method, protocol, path, null, query, user, Set.of(), null, headers);
    }

    /**
     * Tells whether the user had a role at the handshake. Later changes do not show.
     *
     * @param role one of the {@linkplain io.twintrace.websocket.WebSocketOptions#roles() roles of the options}: only
     *     for these the container was asked
     * @return whether the user had it
     */
    public boolean isUserInRole(String role) {
        return roles.contains(role);
    }

    /**
     * Returns all lines of a header.
     *
     * @param name case-insensitive
     * @return the lines in the order of the request; empty if there are none
     */
    public List<String> headerLines(String name) {
        return headers.getOrDefault(name, List.of());
    }

    /**
     * Returns the first line of a header.
     *
     * @param name case-insensitive
     * @return empty if there is none
     */
    public Optional<String> header(String name) {
        return headerLines(name).stream().findFirst();
    }

    /**
     * {@return the path for reports and logs} It has at most 100 characters plus "...", and no path parameters, because
     * these may contain a session identifier.
     */
    public String plainPath() {
        return ConnectionId.plainPath(path);
    }

    /** Method and path only. Headers and the query are left out, because the text may end up in a log. */
    @Override
    public String toString() {
        return method + " " + plainPath();
    }
}
