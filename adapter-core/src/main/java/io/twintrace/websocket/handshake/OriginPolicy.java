package io.twintrace.websocket.handshake;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/**
 * Decides which pages may open a WebSocket. Browsers send cookies with the handshake of any page. A server that accepts
 * every origin therefore lets any page use its users' sessions (RFC 6455 section 10.2).
 */
@FunctionalInterface
public interface OriginPolicy {
    /**
     * Decides about one request. Any thread may call this. Must not block.
     *
     * @param request the opening handshake
     * @return whether to accept it
     */
    boolean allows(HandshakeRequest request);

    /**
     * Allows requests whose origin has the same host and port as the Host header. Also allows requests without an
     * Origin, because they do not come from a page in a browser. This is the default.
     *
     * @return the policy
     */
    static OriginPolicy sameOrigin() {
        return request -> {
            List<String> origins = request.headerLines("Origin");
            if (origins.isEmpty()) {
                return true;
            }
            return origins.size() == 1 && isSame(origins.get(0), request.headerLines("Host"));
        };
    }

    /**
     * Allows every origin. Use this only if the service does not identify users by cookies.
     *
     * @return the policy
     */
    static OriginPolicy any() {
        return request -> true;
    }

    /**
     * Allows the same origin and the listed origins.
     *
     * @param origins such as {@code https://example.org} or {@code http://localhost:3000}
     * @return the policy
     * @throws IllegalArgumentException if one of them is not an origin
     */
    static OriginPolicy allowing(Collection<String> origins) {
        Set<String> allowed = origins.stream().map(OriginPolicy::normalize).collect(Collectors.toUnmodifiableSet());
        OriginPolicy same = sameOrigin();
        return request -> same.allows(request) || isListed(request, allowed);
    }

    private static boolean isListed(HandshakeRequest request, Set<String> allowed) {
        List<String> origins = request.headerLines("Origin");
        if (origins.size() != 1) {
            return false;
        }
        try {
            return allowed.contains(normalize(origins.get(0)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isSame(String origin, List<String> hosts) {
        if (hosts.size() != 1) {
            return false;
        }
        try {
            String normal = normalize(origin);
            String scheme = normal.substring(0, normal.indexOf(':'));
            // The Host header has no scheme. The request's scheme is wrong behind a proxy that terminates TLS.
            return normal.equals(normalize(scheme + "://" + hosts.get(0)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns scheme, host and port in lower case, without the default port of the scheme. */
    private static String normalize(String origin) {
        Matcher matcher = OriginSyntax.ORIGIN.matcher(origin.strip());
        if (!matcher.matches()) {
            throw notAnOrigin(origin);
        }
        String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
        String host = matcher.group(2).toLowerCase(Locale.ROOT);
        String port = matcher.group(3);
        boolean implied = port == null
                || port.isEmpty()
                || (port.equals("80") && scheme.equals("http"))
                || (port.equals("443") && scheme.equals("https"));
        return scheme + "://" + host + (implied ? "" : ":" + port);
    }

    private static IllegalArgumentException notAnOrigin(String origin) {
        return new IllegalArgumentException(
                "\"" + origin + "\" is not an origin; use scheme, host and port, such as https://example.org");
    }
}
