package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/security.md names a test for each of its lines, in whichever module. */
class SecurityPageTest {
    private static final Path PROJECT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");

    @Test
    void everyTestThatThePageNamesExists() throws IOException {
        String page = Files.readString(PROJECT.resolve("docs/security.md"));
        List<MatchResult> tests = TEST.matcher(page).results().toList();
        assertTrue(tests.size() > 20, "tests found: " + tests.size());
        for (MatchResult test : tests) {
            assertTrue(source(test.group(1)).contains(" " + test.group(2) + "("), test.group());
        }
    }

    private static String source(String className) throws IOException {
        for (String module : List.of("adapter-core", "adapter-jetty", "sample-webapp")) {
            try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("src/test/java"))) {
                Path file = files.filter(path -> path.endsWith(className + ".java"))
                        .findFirst()
                        .orElse(null);
                if (file != null) {
                    return Files.readString(file);
                }
            }
        }
        throw new AssertionError("no such class: " + className);
    }
}
