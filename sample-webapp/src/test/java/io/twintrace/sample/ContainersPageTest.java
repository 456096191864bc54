package io.twintrace.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every cell of the table in docs/containers.md names a test that exists. */
class ContainersPageTest {
    private static final Path PROJECT = Path.of("..");
    private static final List<String> MODULES =
            List.of("adapter-core", "adapter-jetty", "sample-webapp", "sample-webapp/spring-boot-3");
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))(?:\\.\\w+)?`");

    @Test
    void everyFilledCellOfTheTableNamesATest() throws IOException {
        List<String> rows = rows();
        assertTrue(rows.size() > 5, "rows found: " + rows.size());
        for (String row : rows) {
            String[] cells = row.substring(1, row.length() - 1).split("\\|", -1);
            for (int i = 1; i < cells.length; i++) {
                assertTrue(cells[i].isBlank() || TEST.matcher(cells[i]).find(), cells[i] + " names no test, in " + row);
            }
        }
    }

    @Test
    void everyTestThatTheTableNamesExists() throws IOException {
        Set<String> missing = rows().stream()
                .flatMap(row -> TEST.matcher(row).results())
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("src/test/java"))) {
                files.map(file -> file.getFileName().toString())
                        .forEach(name -> missing.remove(name.replaceFirst("\\.java$", "")));
            }
        }
        assertEquals(Set.of(), missing);
    }

    private static List<String> rows() throws IOException {
        String page = Files.readString(PROJECT.resolve("docs/containers.md"));
        String table = page.substring(page.indexOf("## The table"), page.indexOf("## Run it"));
        return Pattern.compile("(?m)^\\| .*\\|$")
                .matcher(table)
                .results()
                .map(MatchResult::group)
                .filter(row -> !row.startsWith("| | ")) // the containers
                .toList();
    }
}
