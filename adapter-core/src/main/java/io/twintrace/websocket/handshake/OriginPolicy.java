package io.twintrace.websocket.handshake;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.stream.Collectors;

/**
 * Decides which pages may open a WebSocket. Browsers send cookies along with the handshake of any page, so a server
 * that accepts every origin lends its users' sessions to every page they visit (RFC 6455 section 10.2).
 */
@FunctionalInterface
public interface OriginPolicy {
    /**
     * Decides about one request. Must not block.
     *
     * @param request to be upgraded
     * @return whether it may proceed
     */
    boolean allows(HandshakeRequest request);

    /**
     * The default: allows requests whose origin has the host and port of the Host header. Requests without an Origin,
     * which do not come from a browser's page, are allowed too.
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
     * Allows every origin. Only for services that know their users by something else than cookies.
     *
     * @return the policy
     */
    static OriginPolicy any() {
        return request -> true;
    }

    /**
     * Allows the same origin, and those listed.
     *
     * @param origins such as {@code https://example.org} or {@code http://localhost:3000}
     * @return the policy
     * @throws IllegalArgumentException for one that is not an origin
     */
    static OriginPolicy allowing(Collection<String> origins) {
        Set<String> allowed = origins.stream().map(OriginPolicy::normalise).collect(Collectors.toUnmodifiableSet());
        OriginPolicy same = sameOrigin();
        return request -> same.allows(request) || isListed(request, allowed);
    }

    private static boolean isListed(HandshakeRequest request, Set<String> allowed) {
        List<String> origins = request.headerLines("Origin");
        if (origins.size() != 1) {
            return false;
        }
        try {
            return allowed.contains(normalise(origins.get(0)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isSame(String origin, List<String> hosts) {
        if (hosts.size() != 1) {
            return false;
        }
        try {
            String normal = normalise(origin);
            String scheme = normal.substring(0, normal.indexOf(':'));
            // The Host header has no scheme. Behind a proxy that ends TLS the request's own would be wrong, too.
            return normal.equals(normalise(scheme + "://" + hosts.get(0)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Scheme, host and port, in lower case, without a port that the scheme implies. */
    private static String normalise(String origin) {
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
                "\"" + origin + "\" is not an origin; write scheme, host and port, such as https://example.org");
    }
}
