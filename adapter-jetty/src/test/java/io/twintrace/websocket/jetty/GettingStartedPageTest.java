package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The parts of docs/getting-started.md that a newcomer copies: its POM, its code, its paths. */
class GettingStartedPageTest {
    private static final Path PROJECT = Path.of("..");
    private static final String PAGE = "docs/getting-started.md";
    private static final Pattern XML = Pattern.compile("(?s)```xml\n(.*?)```");
    private static final Pattern KOTLIN = Pattern.compile("(?s)```kotlin\n(.*?)```");
    private static final Pattern COORDINATES = Pattern.compile("\"([\\w.]+):([\\w.-]+):([\\w.-]+)\"");
    private static final Pattern JAVA = Pattern.compile("(?s)```java\n((?:package|import) .*?)```");
    private static final Pattern CLASS = Pattern.compile("(?m)^(?:public )?(?:final |abstract )?class (\\w+)");
    private static final Pattern PATH =
            Pattern.compile("urlPatterns = \"(/[^\"]*)\"|@WebServlet\\(\"(/[^\"]*)\"|<url-pattern>(/[^<]*)</");

    /** The Surefire of Maven 3.8 silently runs no test of JUnit 5 or 6. */
    @Test
    void thePomPinsWhatTestsNeedInTheVersionsOfThisProject() throws Exception {
        Map<String, String> own = versions(read("pom.xml"));
        Map<String, String> shown = new LinkedHashMap<>();
        for (String block : blocks(XML, PAGE)) {
            if (block.contains("<artifactId>")) {
                shown.putAll(versions(block));
            }
        }
        for (String needed : List.of("maven-surefire-plugin", "maven-compiler-plugin", "maven-war-plugin")) {
            assertEquals(own.get(needed), shown.get(needed), needed);
        }
        String bom = own.get("junit-bom");
        Map<String, String> others = Map.of(
                "junit-jupiter", bom,
                "adapter-core", own.get("twintrace-parent"),
                "adapter-jetty", own.get("twintrace-parent"),
                "adapter-junit", own.get("twintrace-parent"),
                "jakarta.servlet-api", own.get("jakarta.servlet-api"),
                "jetty-ee10-servlet", own.get("jetty-ee10-bom"),
                "jetty-slf4j-impl", own.get("jetty-bom"),
                "mockito-core", own.get("mockito-core"));
        others.forEach((artifact, version) -> assertEquals(version, shown.get(artifact), artifact));
        assertTrue(read(PAGE).contains("`com.google.code.gson:gson` as well, " + own.get("gson")), "Gson's version");
    }

    @Test
    void gradleGetsWhatMavenGets() throws Exception {
        Map<String, String> maven = new LinkedHashMap<>();
        for (String block : blocks(XML, PAGE)) {
            maven.putAll(versions(block));
        }
        Map<String, String> gradle = new LinkedHashMap<>();
        for (String block : blocks(KOTLIN, PAGE)) {
            COORDINATES.matcher(block).results().forEach(each -> gradle.put(each.group(2), each.group(3)));
        }
        // Surefire brings the launcher along. JUnit has one version for all of its parts.
        maven.put("junit-platform-launcher", maven.get("junit-jupiter"));
        for (String other : List.of("app", "jetty-slf4j-impl", "mockito-core")) {
            assertTrue(maven.remove(other) != null, other);
        }
        maven.keySet().removeIf(artifact -> artifact.startsWith("maven-"));
        assertEquals(maven, gradle);
        assertTrue(blocks(KOTLIN, "README.md")
                .contains("implementation(\"io.twintrace:adapter-jetty:" + maven.get("adapter-jetty") + "\")\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {PAGE, "README.md"})
    void aReaderWhoTakesAllWaysMapsNoPathTwice(String page) throws IOException {
        Set<String> paths = new HashSet<>();
        List<MatchResult> mappings = PATH.matcher(read(page)).results().toList();
        assertTrue(!mappings.isEmpty(), page);
        for (MatchResult mapping : mappings) {
            assertTrue(paths.add(mapping.group().replaceFirst("^[^/]*(/[^\"<]*).*$", "$1")), mapping::group);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PAGE, "README.md", "docs/listeners.md", "docs/logins.md"})
    void theCodeCompiles(String page, @TempDir Path directory) throws IOException {
        compile(page, directory);
    }

    @ParameterizedTest
    @CsvSource({"EchoHandlerTest, whatIsSentComesBack", "EchoHandlerUnitTest, everyMessageIsSentBack"})
    void theTestPasses(String name, String test, @TempDir Path directory) throws Exception {
        compile(PAGE, directory);
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            Class<?> type = loader.loadClass("com.example." + name);
            var constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Method method = type.getDeclaredMethod(test);
            method.setAccessible(true);
            method.invoke(constructor.newInstance());
        }
    }

    private static void compile(String page, Path directory) throws IOException {
        List<String> sources = blocks(JAVA, page);
        assertTrue(!sources.isEmpty(), page);
        String[] arguments = new String[sources.size() + 5];
        int count = 0;
        for (String option : List.of("-proc:none", "-d", directory.toString(), "-classpath")) {
            arguments[count++] = option;
        }
        arguments[count++] = System.getProperty("java.class.path");
        for (String source : sources) {
            var name = CLASS.matcher(source);
            assertTrue(name.find(), source);
            Path file = directory.resolve(name.group(1) + ".java");
            arguments[count++] = Files.writeString(file, source).toString();
        }
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));
    }

    /** By artifact: the versions of everything that a POM, or a part of one, names with its version. */
    private static Map<String, String> versions(String xml) throws Exception {
        String body = xml.replaceFirst("^<\\?xml[^>]*>", "");
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader("<all>" + body + "</all>")))
                .getDocumentElement();
        Map<String, String> versions = new LinkedHashMap<>();
        NodeList artifacts = root.getElementsByTagName("artifactId");
        for (int i = 0; i < artifacts.getLength(); i++) {
            Element owner = (Element) artifacts.item(i).getParentNode();
            NodeList version = owner.getElementsByTagName("version");
            if (version.getLength() > 0 && version.item(0).getParentNode() == owner) {
                versions.put(
                        artifacts.item(i).getTextContent(),
                        resolved(version.item(0).getTextContent(), root));
            }
        }
        return versions;
    }

    private static String resolved(String version, Element root) {
        return version.startsWith("${") && !version.startsWith("${project.")
                ? root.getElementsByTagName(version.substring(2, version.length() - 1))
                        .item(0)
                        .getTextContent()
                : version;
    }

    private static List<String> blocks(Pattern pattern, String page) throws IOException {
        return pattern.matcher(read(page))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static String read(String file) throws IOException {
        return Files.readString(PROJECT.resolve(file));
    }
}
