package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/spring.md shows this program, all of it and as it is tested here. */
class SpringPageTest {
    private static final Path DOCS = Path.of("../../docs");
    private static final Path SOURCES = Path.of("../spring-boot-3/src/main/java/com/example");
    private static final Pattern CODE = Pattern.compile("(?s)```java\n(package com\\.example;.*?class (\\w+).*?)```");

    @Test
    void thePageHasEveryFileOfTheProgram() throws IOException {
        Map<String, String> program = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file : files.toList()) {
                program.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        Map<String, String> shown = classes("spring.md");
        shown.put("EchoHandler", classes("getting-started.md").get("EchoHandler")); // as the page says
        assertEquals(program, shown);
    }

    @Test
    void thePageNamesTheVersionsThatAreTestedHere() throws IOException {
        String page = Files.readString(DOCS.resolve("spring.md"));
        assertTrue(page.contains(System.getProperty("boot.version")), System.getProperty("boot.version"));
        String ours = "<artifactId>adapter-jetty</artifactId> <!-- adapter-core is enough for Tomcat -->\n"
                + "  <version>" + System.getProperty("twintrace.version") + "</version>";
        assertTrue(page.contains(ours), ours);
    }

    /** The code blocks of a page, by the names of their classes. */
    private static Map<String, String> classes(String page) throws IOException {
        Map<String, String> classes = new TreeMap<>();
        CODE.matcher(Files.readString(DOCS.resolve(page)))
                .results()
                .forEach(block -> classes.put(block.group(2), block.group(1)));
        return classes;
    }
}
