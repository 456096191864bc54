package io.twintrace.websocket.servlet;

import io.twintrace.websocket.handshake.HandshakeRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Copies requests, which are not valid after the handshake. */
final class HandshakeRequests {
    private HandshakeRequests() {}

    /**
     * Copies all that a connection may ask for later.
     *
     * @param roles the roles to ask the container for
     */
    static HandshakeRequest of(HttpServletRequest request, Collection<String> roles) {
        Set<String> granted = roles.stream().filter(request::isUserInRole).collect(Collectors.toUnmodifiableSet());
        return new HandshakeRequest(
                request.getMethod(),
                request.getProtocol(),
                request.getRequestURI(),
                request.getPathInfo(),
                request.getQueryString(),
                request.getUserPrincipal(),
                granted,
                request.getSession(false),
                headers(request));
    }

    /** Copies what tells whether a request asks for a WebSocket. */
    static HandshakeRequest withoutLogin(HttpServletRequest request) {
        return new HandshakeRequest(
                request.getMethod(),
                request.getProtocol(),
                request.getRequestURI(),
                request.getQueryString(),
                null,
                headers(request));
    }

    /** Tells whether a client wants a WebSocket, even if its request has lost headers on the way. */
    static boolean isHandshake(HttpServletRequest request) {
        return request.getHeader("Sec-WebSocket-Key") != null || RefusalLog.isHandshake(withoutLogin(request));
    }

    private static Map<String, List<String>> headers(HttpServletRequest request) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : Collections.list(request.getHeaderNames())) {
            headers.put(name, Collections.list(request.getHeaders(name)));
        }
        return headers;
    }
}
