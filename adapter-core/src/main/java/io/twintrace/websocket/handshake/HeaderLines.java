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
    /** The characters of a length: one for each byte, since larger ones would make the whole string twice as long. */
    private static final int LENGTH = Integer.BYTES;

    /**
     * Names and lines alternate, each after its length. Names that differ only in case are spelled alike and are
     * adjacent.
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
            append(all, name);
            append(all, line);
        }));
        return new HeaderLines(all.toString());
    }

    private static void append(StringBuilder all, String part) {
        for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            all.append((char) (part.length() >>> shift & 0xFF));
        }
        all.append(part);
    }

    /** Returns the name or line at this place. */
    private String part(int at) {
        return all.substring(at + LENGTH, end(at));
    }

    /** Returns where the name or line at this place ends. */
    private int end(int at) {
        int length = 0;
        for (int i = at; i < at + LENGTH; i++) {
            length = length << Byte.SIZE | all.charAt(i);
        }
        return at + LENGTH + length;
    }

    /** Returns the place after the name at this place and its line. */
    private int next(int at) {
        return end(end(at));
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
        int begin = at + LENGTH;
        return end(at) == begin + name.length() && all.regionMatches(true, begin, name, 0, name.length());
    }

    private List<String> linesAt(int first) {
        String name = part(first);
        List<String> lines = new ArrayList<>();
        for (int at = first; at < all.length() && isAt(at, name); at = next(at)) {
            lines.add(part(end(at)));
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
            String name = part(at);
            List<String> lines = linesAt(at);
            for (int i = 0; i < lines.size(); i++) {
                at = HeaderLines.this.next(at);
            }
            return Map.entry(name, lines);
        }
    }
}
