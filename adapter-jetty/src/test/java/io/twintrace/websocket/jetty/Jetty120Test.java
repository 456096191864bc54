package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.util.Jetty;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The adapter is built against Jetty 12.1. It also runs on Jetty 12.0, which Spring Boot 3.5 includes. This runs the
 * tests of the adapter's reading once more, in a class loader that sees no other Jetty.
 */
class Jetty120Test {
    private static OtherClassPath jetty120;

    @BeforeAll
    static void load() throws IOException {
        jetty120 = new OtherClassPath(
                Path.of(System.getProperty("jetty120.directory")), name -> name.startsWith("jetty-"));
    }

    @AfterAll
    static void unload() throws IOException {
        jetty120.close();
    }

    @Test
    void itIsTheOtherJetty() throws Exception {
        String version = (String) jetty120.load(Jetty.class).getField("VERSION").get(null);
        assertTrue(version.startsWith("12.0."), version);
    }

    static List<String> tests() {
        return OtherClassPath.testsOf(ReadAheadTest.class);
    }

    @ParameterizedTest
    @MethodSource("tests")
    void inputThatComesFasterThanTheHandlerReadsArrives(String test) throws Exception {
        jetty120.run(ReadAheadTest.class, test, "nothingIsLeft");
    }
}
