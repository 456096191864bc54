package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** docs/security.md names a test for each of its rows, in any module. Each test cites the references of its row. */
class SecurityPageTest {
    private static final Path PROJECT = Path.of("..");
    private static final String OWN_MODULE = "adapter-core";
    private static final List<String> OTHER_MODULES = List.of("adapter-jetty", "sample-webapp");

    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(\\w+)`");
    private static final Pattern REFERENCE = Pattern.compile("CVE-\\d{4}-\\d+");
    private static final Pattern ANNOTATION = Pattern.compile("(?m)^    @(?:Test|ParameterizedTest|Property)\\b");
    private static final Set<Class<? extends Annotation>> ANNOTATIONS =
            Set.of(Test.class, ParameterizedTest.class, Property.class);

    /** The references that the page must contain. */
    private static final Set<String> REFERENCES = Set.of(
            "CVE-2020-13935",
            "CVE-2020-27813",
            "CVE-2026-19204",
            "CVE-2014-0193",
            "CVE-2026-62389",
            "CVE-2026-12151",
            "CVE-2026-9675",
            "CVE-2018-1000518",
            "CVE-2026-39804",
            "CVE-2026-54464",
            "CVE-2026-87022",
            "CVE-2026-109932",
            "CVE-2021-3690",
            "CVE-2017-2670",
            "CVE-2026-79677",
            "CVE-2024-23672",
            "CVE-2026-15565",
            "CVE-2021-32640",
            "CVE-2020-7662",
            "CVE-2023-43669",
            "CVE-2026-59390",
            "CVE-2020-14368",
            "CVE-2026-76183",
            "CVE-2026-47893");

    /** A row of one of the page's tables. */
    private record Row(String text) {
        Set<String> references() {
            return SecurityPageTest.references(text);
        }

        List<NamedTest> tests() {
            return TEST.matcher(text)
                    .results()
                    .map(match -> new NamedTest(match.group(1), match.group(2)))
                    .toList();
        }
    }

    private record NamedTest(String className, String method) {}

    @Test
    void everyReferenceStandsInARowThatNamesATest() throws IOException {
        Set<String> missing = new TreeSet<>(REFERENCES);
        for (Row row : rows()) {
            if (!row.tests().isEmpty()) {
                missing.removeAll(row.references());
            }
        }
        assertEquals(Set.of(), missing);
    }

    @Test
    void everyTestThatThePageNamesIsRun() throws Exception {
        Set<NamedTest> tests =
                rows().stream().flatMap(row -> row.tests().stream()).collect(Collectors.toSet());
        assertTrue(tests.size() > 20, "tests found: " + tests.size());
        for (NamedTest test : tests) {
            Path file = sourceFile(test.className());
            if (file.startsWith(sources(OWN_MODULE))) {
                assertRuns(test, classOf(file));
            } else {
                assertTrue(ANNOTATION.matcher(block(test)).find(), () -> test + " is not annotated as a test");
            }
            assertTrue(!block(test).contains("@Disabled"), () -> test + " is disabled");
        }
    }

    @Test
    void theTestsOfARowNameAllItsReferencesAndEachNamesOne() throws IOException {
        for (Row row : rows()) {
            Set<String> unborne = row.references();
            for (NamedTest test : row.tests()) {
                Set<String> borne = references(block(test));
                borne.retainAll(row.references());
                assertTrue(row.references().isEmpty() || !borne.isEmpty(), () -> test + " bears none of " + row.text());
                unborne.removeAll(borne);
            }
            assertEquals(Set.of(), unborne, row::text);
        }
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = Files.readAllLines(PROJECT.resolve("docs/security.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.endsWith("| test |"))
                .map(Row::new)
                .toList();
        assertTrue(rows.stream().noneMatch(row -> row.tests().isEmpty()), "a row without a test");
        return rows;
    }

    private static void assertRuns(NamedTest test, Class<?> type) {
        assertTrue(
                Arrays.stream(type.getDeclaredMethods())
                        .filter(method -> method.getName().equals(test.method()))
                        .anyMatch(SecurityPageTest::isTest),
                () -> test + " is not a test");
        assertTrue(!type.isAnnotationPresent(Disabled.class), () -> test + " is disabled");
    }

    private static boolean isTest(Method method) {
        return ANNOTATIONS.stream().anyMatch(method::isAnnotationPresent);
    }

    /** A test method with all that is above it, back to an empty line or the beginning of its class. */
    private static String block(NamedTest test) throws IOException {
        String source = Files.readString(sourceFile(test.className()));
        Matcher declaration = Pattern.compile("(?m)^    (?:default |public )?void " + test.method() + "\\(.*$")
                .matcher(source);
        assertTrue(declaration.find(), () -> test + " does not exist");
        int begin = Math.max(source.lastIndexOf("\n\n", declaration.start()), source.indexOf(" {\n"));
        return source.substring(begin, source.indexOf("\n    }\n", declaration.start()));
    }

    private static Set<String> references(String text) {
        return REFERENCE.matcher(text).results().map(MatchResult::group).collect(Collectors.toCollection(HashSet::new));
    }

    private static Path sourceFile(String className) throws IOException {
        Set<Path> found = new LinkedHashSet<>();
        for (String module :
                Stream.concat(Stream.of(OWN_MODULE), OTHER_MODULES.stream()).toList()) {
            try (Stream<Path> files = Files.walk(sources(module))) {
                files.filter(path -> path.endsWith(className + ".java")).forEach(found::add);
            }
        }
        assertEquals(1, found.size(), () -> className + ": " + found);
        return found.iterator().next();
    }

    private static Path sources(String module) {
        return PROJECT.resolve(module).resolve("src/test/java");
    }

    private static Class<?> classOf(Path file) throws ClassNotFoundException {
        String path = sources(OWN_MODULE).relativize(file).toString().replace('\\', '/');
        String name = path.substring(0, path.length() - ".java".length()).replace('/', '.');
        return Class.forName(name, false, SecurityPageTest.class.getClassLoader());
    }
}
