package io.twintrace.websocket.jetty.ee11;

import io.twintrace.websocket.jetty.OtherClassPath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the tests of {@link EmbeddedInEe11} with Servlet 6.1, which EE11 needs, and without any class of EE10. Neither
 * environment needs the other: {@code Jetty120Test} runs without EE11.
 */
class EmbeddedInEe11Test {
    private static OtherClassPath ee11;

    @BeforeAll
    static void load() throws IOException {
        ee11 = new OtherClassPath(
                Path.of(System.getProperty("servlet61.directory")),
                name -> name.startsWith("jakarta.servlet-api-") || name.startsWith("jetty-ee10-"));
    }

    @AfterAll
    static void unload() throws IOException {
        ee11.close();
    }

    static List<String> tests() {
        return OtherClassPath.testsOf(EmbeddedInEe11.class);
    }

    @ParameterizedTest
    @MethodSource("tests")
    void itWorksThereToo(String test) throws Exception {
        ee11.run(EmbeddedInEe11.class, test, "stop");
    }
}
