package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The file that a WAR for Jetty needs: the error names it in the jar, and docs/deploying.md shows it. */
class JettyWebXmlTest {
    @Test
    void thePageShowsTheFileInTheJar() throws IOException {
        try (InputStream in = JettyHandover.class.getResourceAsStream("/META-INF/twintrace/jetty-ee10-web.xml")) {
            assertNotNull(in);
            String file = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            String page = Files.readString(Path.of("../docs/deploying.md"));
            assertTrue(page.contains("```xml\n" + file + "```\n"), file);
        }
    }
}
