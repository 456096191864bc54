package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A program that this machine may lack. Tests that need it are then skipped, and say so. */
final class ForeignProgram {
    static final ForeignProgram PYTHON = new ForeignProgram(
            "python",
            List.of("/usr/bin/python3", "-c", "import websockets"),
            "/usr/bin/python3 has no module websockets (Debian: python3-websockets)");

    static final ForeignProgram NODE =
            new ForeignProgram("node", List.of("node", "--version"), "there is no node on the PATH (Debian: nodejs)");

    private static final String REQUIRED = "twintrace.clients.required";

    private final String name;
    private final List<String> probe;
    private final String ifMissing;
    private Boolean installed;

    private ForeignProgram(String name, List<String> probe, String ifMissing) {
        this.name = name;
        this.probe = probe;
        this.ifMissing = ifMissing;
    }

    /** Runs a script of the test resources to its end, which must be successful. */
    void run(String script, String... arguments) throws Exception {
        if (!Boolean.getBoolean(REQUIRED)) {
            assumeTrue(isInstalled(), () -> "skipped: " + ifMissing + "; -D" + REQUIRED + "=true makes this an error");
        }
        List<String> command = new ArrayList<>();
        command.add(probe.get(0));
        command.add(Path.of(ForeignProgram.class.getResource(script).toURI()).toString());
        command.addAll(List.of(arguments));
        try (ServerProcess process = start(command)) {
            assertEquals(0, process.awaitExit(), process.output());
        }
    }

    private boolean isInstalled() throws Exception {
        if (installed == null) {
            installed = probe();
        }
        return installed;
    }

    private boolean probe() throws Exception {
        try (ServerProcess process = start(probe)) {
            return process.awaitExit() == 0;
        } catch (IOException e) {
            return false; // no such program
        }
    }

    private ServerProcess start(List<String> command) throws IOException {
        return ServerProcess.start(Servers.directory(name), Map.of(), command);
    }
}
