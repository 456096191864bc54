package io.twintrace.websocket.handshake;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;

/**
 * Maps header names to their lines. Names are case-insensitive. Immutable. Stores everything in one string: each
 * connection keeps its request for life, and a tree would be many times larger.
 */
final class HeaderLines extends AbstractMap<String, List<String>> {
    /** Names that most requests have. Each takes one character, which is its place here. */
    private static final List<String> KNOWN = List.of(
            "", // stands before the other names
            "Accept",
            "Accept-Encoding",
            "Accept-Language",
            "Authorization",
            "Cache-Control",
            "Connection",
            "Cookie",
            "Host",
            "Origin",
            "Pragma",
            "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Version",
            "Upgrade",
            "User-Agent",
            "X-Forwarded-For",
            "X-Forwarded-Proto");

    /** Lengths from here on take more than one character. Larger ones would make the whole string twice as long. */
    private static final int LONG = 1 << (Byte.SIZE - 1);

    /**
     * Names and lines alternate. A name is its place in {@link #KNOWN}, or 0 and its text; a text stands after its
     * length. Names that differ only in case are spelled alike and are adjacent.
     */
    private final String all;

    private HeaderLines(String all) {
        this.all = all;
    }

    /** Copies headers, and merges the lines of names that differ only in case. */
    static HeaderLines copyOf(Map<String, List<String>> headers) {
        if (headers instanceof HeaderLines copied) {
            return copied;
        }
        Map<String, List<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, lines) ->
                sorted.computeIfAbsent(name, unused -> new ArrayList<>()).addAll(lines));
        StringBuilder all = new StringBuilder();
        sorted.forEach((name, lines) -> lines.forEach(line -> {
            appendName(all, name);
            appendText(all, line);
        }));
        return new HeaderLines(all.toString());
    }

    private static void appendName(StringBuilder all, String name) {
        int known = Math.max(0, KNOWN.indexOf(name));
        all.append((char) known);
        if (known == 0) {
            appendText(all, name);
        }
    }

    private static void appendText(StringBuilder all, String text) {
        int length = text.length();
        for (; length >= LONG; length /= LONG) {
            all.append((char) (LONG + length % LONG));
        }
        all.append((char) length).append(text);
    }

    /** Returns where the text begins whose length is at this place. */
    private int begin(int at) {
        int begin = at;
        while (all.charAt(begin) >= LONG) {
            begin++;
        }
        return begin + 1;
    }

    /** Returns where the text ends whose length is at this place. */
    private int end(int at) {
        int begin = begin(at);
        int length = 0;
        for (int i = begin - 1; i >= at; i--) {
            length = length * LONG + all.charAt(i) % LONG;
        }
        return begin + length;
    }

    private String text(int at) {
        return all.substring(begin(at), end(at));
    }

    private boolean isKnown(int at) {
        return all.charAt(at) != 0;
    }

    /** Returns the name at this place. */
    private String name(int at) {
        return isKnown(at) ? KNOWN.get(all.charAt(at)) : text(at + 1);
    }

    /** Returns the place of the line whose name is at this place. */
    private int line(int at) {
        return isKnown(at) ? at + 1 : end(at + 1);
    }

    /** Returns the place after the name at this place and its line. */
    private int next(int at) {
        return end(line(at));
    }

    @Override
    public List<String> get(Object name) {
        int at = name instanceof String text ? indexOf(text) : -1;
        return at < 0 ? null : linesAt(at);
    }

    @Override
    public boolean containsKey(Object name) {
        return name instanceof String text && indexOf(text) >= 0;
    }

    /** Returns the first place of the name; -1 if there is none. */
    private int indexOf(String name) {
        for (int at = 0; at < all.length(); at = next(at)) {
            if (isAt(at, name)) {
                return at;
            }
        }
        return -1;
    }

    private boolean isAt(int at, String name) {
        if (isKnown(at)) {
            return KNOWN.get(all.charAt(at)).equalsIgnoreCase(name);
        }
        int begin = begin(at + 1);
        return end(at + 1) == begin + name.length() && all.regionMatches(true, begin, name, 0, name.length());
    }

    private List<String> linesAt(int first) {
        String name = name(first);
        List<String> lines = new ArrayList<>();
        for (int at = first; at < all.length() && isAt(at, name); at = next(at)) {
            lines.add(text(line(at)));
        }
        return List.copyOf(lines);
    }

    @Override
    public Set<Entry<String, List<String>>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, List<String>>> iterator() {
                return new Entries();
            }

            @Override
            public int size() {
                int size = 0;
                for (Iterator<?> each = iterator(); each.hasNext(); each.next()) {
                    size++;
                }
                return size;
            }
        };
    }

    private final class Entries implements Iterator<Entry<String, List<String>>> {
        private int at;

        @Override
        public boolean hasNext() {
            return at < all.length();
        }

        @Override
        public Entry<String, List<String>> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            String name = name(at);
            List<String> lines = linesAt(at);
            for (int i = 0; i < lines.size(); i++) {
                at = HeaderLines.this.next(at);
            }
            return Map.entry(name, lines);
        }
    }
}
