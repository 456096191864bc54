package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The output of {@code java -jar sample-webapp.war} when it does not become a server. */
class LauncherIT {
    @Test
    void aPortThatIsTakenIsOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());
            List<String> lines = run(1, "--port", port).lines().toList();
            assertEquals("port " + port + " is in use; choose another with --port", lines.get(lines.size() - 1));
            assertTrue(
                    lines.stream().noneMatch(line -> line.contains("\tat ") || line.contains("Exception")),
                    lines::toString);
        }
    }

    @Test
    void helpIsTheUsage() throws Exception {
        String output = run(0, "--help");
        assertTrue(output.startsWith("usage: java -jar sample-webapp.war [--port N]"), output);
    }

    @Test
    void whatItDoesNotKnowIsNamedAndTheUsageShown() throws Exception {
        String output = run(2, "--prot", "8080");
        assertTrue(output.startsWith("invalid arguments: --prot is no option"), output);
        assertTrue(output.contains("usage: "), output);
    }

    private static String run(int status, String... options) throws Exception {
        try (ServerProcess process = Servers.startJavaJar(Servers.directory("java-jar-launch"), Servers.WAR, options)) {
            int exit = process.awaitExit();
            String output = process.output();
            assertEquals(status, exit, output);
            return output;
        }
    }
}
