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
 * Maps header names to their lines. Names are case-insensitive. Immutable. Stores everything in one array: each
 * connection keeps its request for life, and a tree would be many times larger.
 */
final class HeaderLines extends AbstractMap<String, List<String>> {
    /** Names and lines alternate. Names that differ only in case are spelled alike and are adjacent. */
    private final String[] pairs;

    /** The number of different names. */
    private final int names;

    private HeaderLines(String[] pairs, int names) {
        this.pairs = pairs;
        this.names = names;
    }

    /** Copies headers, and merges the lines of names that differ only in case. */
    static HeaderLines copyOf(Map<String, List<String>> headers) {
        if (headers instanceof HeaderLines copied) {
            return copied;
        }
        Map<String, List<String>> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, lines) ->
                sorted.computeIfAbsent(name, unused -> new ArrayList<>()).addAll(lines));
        sorted.values().removeIf(List::isEmpty);
        List<String> pairs = new ArrayList<>();
        sorted.forEach((name, lines) -> lines.forEach(line -> {
            pairs.add(name);
            pairs.add(line);
        }));
        return new HeaderLines(pairs.toArray(new String[0]), sorted.size());
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

    private int indexOf(String name) {
        for (int at = 0; at < pairs.length; at += 2) {
            if (pairs[at].equalsIgnoreCase(name)) {
                return at;
            }
        }
        return -1;
    }

    /** Returns the index of the next name. */
    private int end(int at) {
        int end = at;
        while (end < pairs.length && pairs[end].equals(pairs[at])) {
            end += 2;
        }
        return end;
    }

    private List<String> linesAt(int at) {
        String[] lines = new String[(end(at) - at) / 2];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = pairs[at + 2 * i + 1];
        }
        return List.of(lines);
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
                return names;
            }
        };
    }

    private final class Entries implements Iterator<Entry<String, List<String>>> {
        private int at;

        @Override
        public boolean hasNext() {
            return at < pairs.length;
        }

        @Override
        public Entry<String, List<String>> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            Entry<String, List<String>> entry = Map.entry(pairs[at], linesAt(at));
            at = end(at);
            return entry;
        }
    }
}
