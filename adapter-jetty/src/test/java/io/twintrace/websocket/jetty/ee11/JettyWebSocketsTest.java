package io.twintrace.websocket.jetty.ee11;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** There is one helper for each environment, because their classes have no common type. */
class JettyWebSocketsTest {
    private static String source(String environment) throws IOException {
        return Files.readString(
                Path.of("src/main/java/io/twintrace/websocket/jetty/" + environment + "/JettyWebSockets.java"));
    }

    @Test
    void theHelpersDifferInTheNameOfTheEnvironmentOnly() throws IOException {
        assertEquals(source("ee11"), source("ee10").replace("ee10", "ee11").replace("EE10", "EE11"));
    }
}
