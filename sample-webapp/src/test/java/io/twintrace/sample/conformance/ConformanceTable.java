package io.twintrace.sample.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The committed table of all cases: {@code conformance.tsv}. docs/conformance.md explains its notation. */
final class ConformanceTable {
    private static final String RESOURCE = "/conformance.tsv";
    private static final String COLUMNS = "case\tdescription\twrite\tsent\texpected";

    private ConformanceTable() {}

    static List<ConformanceCase> read() {
        try (InputStream in = ConformanceTable.class.getResourceAsStream(RESOURCE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String columns = lines.readLine();
            if (!columns.equals(COLUMNS)) {
                throw new IllegalArgumentException("the columns of " + RESOURCE + " are: " + columns);
            }
            return lines.lines().map(ConformanceTable::row).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConformanceCase row(String line) {
        try {
            String[] columns = line.split("\t", -1);
            if (columns.length != 5) {
                throw new IllegalArgumentException(columns.length + " columns");
            }
            return new ConformanceCase(
                    columns[0],
                    columns[1],
                    WriteMode.parse(columns[2]),
                    Script.parse(columns[3]),
                    Script.parse(columns[4]));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(RESOURCE + ", " + line + ": " + e.getMessage(), e);
        }
    }
}
