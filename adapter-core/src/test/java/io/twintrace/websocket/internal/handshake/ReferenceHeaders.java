package io.twintrace.websocket.internal.handshake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The lists of RFC 9110 section 5.6 and RFC 6455 section 9.1, read by splitting rather than by walking: slow, simple,
 * and meant for comparison.
 */
final class ReferenceHeaders {
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+\\-.^_`|~0-9A-Za-z]+");

    private ReferenceHeaders() {}

    static boolean isToken(String text) {
        return TOKEN.matcher(text).matches();
    }

    /** The offers of a Sec-WebSocket-Extensions header; null if it is malformed. */
    static List<ExtensionOffer> extensions(List<String> lines) {
        List<ExtensionOffer> offers = new ArrayList<>();
        for (String line : lines) {
            for (String element : splitOutsideQuotes(line, ',')) {
                if (!trim(element).isEmpty()) {
                    ExtensionOffer offer = extension(element);
                    if (offer == null) {
                        return null;
                    }
                    offers.add(offer);
                }
            }
        }
        return offers;
    }

    private static ExtensionOffer extension(String element) {
        List<String> parts = splitOutsideQuotes(element, ';');
        String name = trim(parts.get(0));
        Map<String, Optional<String>> parameters = new LinkedHashMap<>();
        boolean twice = false;
        for (String part : parts.subList(1, parts.size())) {
            int equals = part.indexOf('=');
            String parameter = trim(equals < 0 ? part : part.substring(0, equals));
            String value = equals < 0 ? null : unquoted(trim(part.substring(equals + 1)));
            if (!isToken(parameter) || (equals >= 0 && !isToken(value))) {
                return null;
            }
            twice |= parameters.containsKey(parameter);
            parameters.putIfAbsent(parameter, Optional.ofNullable(value));
        }
        return isToken(name) ? new ExtensionOffer(name, parameters, twice) : null;
    }

    /** The text between the quotes, if there are any. If the quotes are malformed, something that is no token. */
    private static String unquoted(String value) {
        if (!value.startsWith("\"")) {
            return value;
        }
        StringBuilder inner = new StringBuilder();
        for (int i = 1; i < value.length(); i++) {
            if (value.charAt(i) == '"') {
                return i == value.length() - 1 ? inner.toString() : "";
            }
            if (value.charAt(i) == '\\' && ++i == value.length()) {
                return "";
            }
            inner.append(value.charAt(i));
        }
        return "";
    }

    private static List<String> splitOutsideQuotes(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** The value without spaces and tabs around it. */
    private static String trim(String text) {
        return text.replaceAll("^[ \t]+", "").replaceAll("[ \t]+$", "");
    }
}
