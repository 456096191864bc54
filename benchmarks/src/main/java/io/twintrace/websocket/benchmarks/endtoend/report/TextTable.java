package io.twintrace.websocket.benchmarks.endtoend.report;

import java.util.ArrayList;
import java.util.List;

/** Formats columns of text, the first one aligned to the left and the others to the right. */
public final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    /** Takes the headings. */
    public TextTable(List<String> head) {
        rows.add(List.copyOf(head));
    }

    /** Adds a row with as many cells as there are headings. */
    public void add(List<String> row) {
        if (row.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    row.size() + " cells under " + rows.get(0).size() + " headings");
        }
        rows.add(List.copyOf(row));
    }

    /** Returns a line for each row. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                String padding = " ".repeat(width(column) - row.get(column).length());
                text.append(GAP)
                        .append(column == 0 ? "" : padding)
                        .append(row.get(column))
                        .append(column == 0 ? padding : "");
            }
            text.append(System.lineSeparator());
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }
}
