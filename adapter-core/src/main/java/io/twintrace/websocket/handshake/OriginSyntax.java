package io.twintrace.websocket.handshake;

import java.util.regex.Pattern;

/** The syntax of an origin (RFC 6454 section 6.2). */
final class OriginSyntax {
    /**
     * Scheme, host and port. ASCII only, so that lower-casing never turns one letter into another. {@link java.net.URI}
     * does not work here: it finds no host in names with an underscore, which containers and services use.
     */
    static final Pattern ORIGIN =
            Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*+)://([a-zA-Z0-9._~-]++|\\[[0-9a-fA-F:.]++])(?::([0-9]*+))?");

    private OriginSyntax() {}
}
