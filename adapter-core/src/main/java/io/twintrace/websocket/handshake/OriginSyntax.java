package io.twintrace.websocket.handshake;

import java.util.regex.Pattern;

/** What an origin looks like (RFC 6454 section 6.2). */
final class OriginSyntax {
    /**
     * Scheme, host and port; ASCII only, so that folding case makes no letter out of another. Not by
     * {@link java.net.URI}, which finds no host in names with an underscore, as containers and services have.
     */
    static final Pattern ORIGIN =
            Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*+)://([a-zA-Z0-9._~-]++|\\[[0-9a-fA-F:.]++])(?::([0-9]*+))?");

    private OriginSyntax() {}
}
