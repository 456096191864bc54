package io.twintrace.websocket.internal.handshake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Parses the HTTP header values of the handshake (RFC 9110 section 5.6), in one pass over the text. */
public final class HeaderSyntax {
    private HeaderSyntax() {}

    /** Returns whether {@code text} is a token, as the name of a subprotocol or an extension must be. */
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

    /** Returns whether a line of a comma-separated header holds {@code token}, in upper or lower case. */
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

    /** Returns whether a token may contain this character. */
    static boolean isTokenChar(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    /**
     * Returns the tokens of a comma-separated header, over all its lines.
     *
     * @return null if the header holds anything else
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
