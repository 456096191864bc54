package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The lines of the log that the documentation explains are lines that the code writes. */
class DocumentedLinesTest {
    private static final Path PAGE = Path.of("../docs/deploying.md");

    private static final List<Path> SOURCES =
            List.of(Path.of("../adapter-core/src/main/java"), Path.of("src/main/java"));

    /** What stands for any text, and what the code puts together. */
    private static final Pattern VARIABLE =
            Pattern.compile("\\.\\.\\.|\\bN\\b|\\d+|\"|: |handler|listener|write discipline");

    private static final Pattern CONCATENATION = Pattern.compile("\"\\s*\\+\\s*\"");

    static List<String> lines() throws IOException {
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf("| line | what it means |"));
        return Pattern.compile("(?m)^\\| (`.*?`.*?) \\| ")
                .matcher(table)
                .results()
                .map(row -> row.group(1))
                .flatMap(cell -> Pattern.compile("`([^`]*)`").matcher(cell).results())
                .map(quoted -> quoted.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("lines")
    void theCodeHasItsWords(String line) throws IOException {
        String sources = sources();
        VARIABLE.splitAsStream(line)
                .map(words -> words.replaceAll("^[ :;,()]+|[ :;,()]+$", ""))
                .forEach(words -> assertTrue(sources.contains(words), () -> "no source has: " + words));
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    all.append(CONCATENATION.matcher(Files.readString(file)).replaceAll(""));
                }
            }
        }
        return all.toString();
    }
}
