package io.twintrace.websocket.internal.handshake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The syntax of HTTP header values that the handshake needs (RFC 9110 section 5.6), in one pass over the text. */
public final class HeaderSyntax {
    private HeaderSyntax() {}

    /** Whether {@code text} is a token: what a subprotocol or an extension may be called. */
    public static boolean isToken(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenChar(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether one of a comma-separated header's lines holds {@code token}, in any case. */
    static boolean hasToken(List<String> lines, String token) {
        for (String line : lines) {
            for (String part : line.split(",", -1)) {
                if (part.strip().toLowerCase(Locale.ROOT).equals(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a character may stand in a token. */
    static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    /**
     * The tokens of a comma-separated header, over all its lines.
     *
     * @return null where something else than tokens stands there
     */
    static List<String> tokens(List<String> lines) {
        List<String> tokens = new ArrayList<>();
        for (String line : lines) {
            for (String part : line.split(",", -1)) {
                String token = part.strip();
                if (isToken(token)) {
                    tokens.add(token);
                } else if (!token.isEmpty()) {
                    return null;
                }
            }
        }
        return tokens;
    }
}
