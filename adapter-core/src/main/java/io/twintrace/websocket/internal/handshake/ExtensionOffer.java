package io.twintrace.websocket.internal.handshake;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One extension that the client offers (RFC 6455 section 9.1).
 *
 * @param name the extension's token
 * @param parameters in the client's order; the value is empty if the parameter has none
 * @param ambiguous whether the offer names a parameter twice
 */
public record ExtensionOffer(String name, Map<String, Optional<String>> parameters, boolean ambiguous) {
    public ExtensionOffer {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads all lines of a Sec-WebSocket-Extensions header, in time linear in their length.
     *
     * @return the offers in the client's order, or null if the header is malformed
     */
    static List<ExtensionOffer> parse(List<String> lines) {
        List<ExtensionOffer> offers = new ArrayList<>();
        for (String line : lines) {
            if (!new Parser(line).readInto(offers)) {
                return null;
            }
        }
        return offers;
    }

    /** Reads one line, from front to back only. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        boolean readInto(List<ExtensionOffer> offers) {
            while (true) {
                skipSpace();
                if (at == text.length()) {
                    return true;
                }
                if (!skip(',')) {
                    ExtensionOffer offer = readOffer();
                    if (offer == null) {
                        return false;
                    }
                    offers.add(offer);
                    skipSpace();
                    if (at < text.length() && !skip(',')) {
                        return false;
                    }
                }
            }
        }

        private ExtensionOffer readOffer() {
            String name = readToken();
            if (name.isEmpty()) {
                return null;
            }
            Map<String, Optional<String>> parameters = new LinkedHashMap<>();
            boolean ambiguous = false;
            skipSpace();
            while (skip(';')) {
                skipSpace();
                String parameter = readToken();
                skipSpace();
                Optional<String> value = Optional.empty();
                if (skip('=')) {
                    skipSpace();
                    value = Optional.ofNullable(readValue());
                    if (value.isEmpty()) {
                        return null;
                    }
                }
                if (parameter.isEmpty()) {
                    return null;
                }
                ambiguous |= parameters.putIfAbsent(parameter, value) != null;
                skipSpace();
            }
            return new ExtensionOffer(name, parameters, ambiguous);
        }

        /** Reads a token, or a quoted string that holds one (RFC 6455 section 9.1). Returns null for anything else. */
        private String readValue() {
            if (!skip('"')) {
                String token = readToken();
                return token.isEmpty() ? null : token;
            }
            StringBuilder value = new StringBuilder();
            while (at < text.length()) {
                char c = text.charAt(at++);
                if (c == '"') {
                    return HeaderSyntax.isToken(value.toString()) ? value.toString() : null;
                }
                if (c == '\\') {
                    if (at == text.length()) {
                        return null;
                    }
                    c = text.charAt(at++);
                }
                value.append(c);
            }
            return null;
        }

        private String readToken() {
            int start = at;
            while (at < text.length() && HeaderSyntax.isTokenChar(text.charAt(at))) {
                at++;
            }
            return text.substring(start, at);
        }

        private void skipSpace() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private boolean skip(char expected) {
            if (at < text.length() && text.charAt(at) == expected) {
                at++;
                return true;
            }
            return false;
        }
    }
}
