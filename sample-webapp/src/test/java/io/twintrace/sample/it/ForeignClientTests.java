package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A client that shares no line with this library: Python's websockets. */
interface ForeignClientTests extends OnServer {
    String PYTHON = "/usr/bin/python3";

    @Test
    default void pythonsWebsocketsGetsAlongWithEveryServlet() throws Exception {
        assumeTrue(isInstalled(), "skipped: " + PYTHON + " has no module websockets (Debian: python3-websockets)");
        Path script = Path.of(
                ForeignClientTests.class.getResource("/foreign_client.py").toURI());
        String base = server().ws("").toString();
        try (ServerProcess client =
                ServerProcess.start(Servers.directory("python"), Map.of(), List.of(PYTHON, script.toString(), base))) {
            assertEquals(0, client.awaitExit(), client.output());
        }
    }

    private static boolean isInstalled() throws Exception {
        if (!Files.isExecutable(Path.of(PYTHON))) {
            return false;
        }
        try (ServerProcess probe = ServerProcess.start(
                Servers.directory("python"), Map.of(), List.of(PYTHON, "-c", "import websockets"))) {
            return probe.awaitExit() == 0;
        }
    }
}
