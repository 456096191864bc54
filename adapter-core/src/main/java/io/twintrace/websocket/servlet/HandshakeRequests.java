package io.twintrace.websocket.servlet;

import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.internal.handshake.Handshake;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Copies requests, which are not valid after the handshake. */
final class HandshakeRequests {
    private HandshakeRequests() {}

    /** Copies what the handshake is checked by. */
    static HandshakeRequest of(HttpServletRequest request) {
        return new HandshakeRequest(
                request.getMethod(),
                request.getProtocol(),
                request.getRequestURI(),
                request.getQueryString(),
                request.getUserPrincipal(),
                headers(request));
    }

    /**
     * Adds all else that a connection may ask for later, as it is now.
     *
     * @param roles the roles to ask the container for
     */
    static HandshakeRequest complete(HandshakeRequest copied, HttpServletRequest request, Collection<String> roles) {
        Set<String> granted = roles.stream().filter(request::isUserInRole).collect(Collectors.toUnmodifiableSet());
        return new HandshakeRequest(
                copied.method(),
                copied.protocol(),
                copied.path(),
                request.getPathInfo(),
                copied.query(),
                request.getUserPrincipal(),
                granted,
                request.getSession(false),
                copied.headers());
    }

    /** Tells whether a client wants a WebSocket, even if its request has lost headers on the way. */
    static boolean isHandshake(HttpServletRequest request) {
        return request.getHeader("Sec-WebSocket-Key") != null
                || request.getHeader("Sec-WebSocket-Version") != null
                || Handshake.isUpgrade(name -> lines(request, name));
    }

    static List<String> lines(HttpServletRequest request, String header) {
        return Collections.list(request.getHeaders(header));
    }

    private static Map<String, List<String>> headers(HttpServletRequest request) {
        Map<String, List<String>> headers = new HashMap<>();
        for (String name : Collections.list(request.getHeaderNames())) {
            headers.put(name, lines(request, name));
        }
        return headers;
    }
}
