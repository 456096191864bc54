package io.twintrace.websocket.handshake;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;

/**
 * Header lines by the header's name in any case; immutable. In arrays, since every connection keeps its request's for as long
 * as it lives, and a tree would be five times as large.
 */
final class HeaderLines extends AbstractMap<String, List<String>> {
    /** Sorted, without regard to case. */
    private final String[] names;

    private final String[][] lines;

    private HeaderLines(Map<String, List<String>> sorted) {
        names = sorted.keySet().toArray(new String[0]);
        lines = sorted.values().stream()
                .map(each -> each.toArray(new String[0]))
                .toArray(String[][]::new);
    }

    /** A copy; the lines of names that differ only in case come together. */
    static HeaderLines copyOf(Map<String, List<String>> headers) {
        Map<String, List<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, lines) ->
                sorted.computeIfAbsent(name, unused -> new ArrayList<>()).addAll(lines));
        return new HeaderLines(sorted);
    }

    @Override
    public List<String> get(Object name) {
        int at = name instanceof String text ? indexOf(text) : -1;
        return at < 0 ? null : List.of(lines[at]);
    }

    @Override
    public boolean containsKey(Object name) {
        return name instanceof String text && indexOf(text) >= 0;
    }

    private int indexOf(String name) {
        return Arrays.binarySearch(names, name, String.CASE_INSENSITIVE_ORDER);
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
                return names.length;
            }
        };
    }

    private final class Entries implements Iterator<Entry<String, List<String>>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < names.length;
        }

        @Override
        public Entry<String, List<String>> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return Map.entry(names[next], List.of(lines[next++]));
        }
    }
}
