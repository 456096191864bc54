package io.twintrace.websocket.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.Main;

/**
 * Runs the jcstress tests of this module in a virtual machine of their own, for half a minute; a forbidden outcome
 * makes it end with an error. The observed outcomes are in {@code target/jcstress}, as text and as HTML.
 */
class WriteDetectorStressIT {
    private static final Path RESULTS = Path.of("target", "jcstress");
    private static final long LIMIT_SECONDS = 300;

    @Test
    void noInterleavingFailsOneWriterAlone() throws Exception {
        Files.createDirectories(RESULTS);
        Path output = RESULTS.resolve("output.txt").toAbsolutePath();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "-v", // the counts of all outcomes, not only of forbidden ones
                        "-f",
                        "1",
                        "-fsm",
                        "1",
                        "-iters",
                        "8",
                        "-time",
                        "1000",
                        "-sc",
                        "false",
                        "-jvmArgs",
                        "-Xmx256m", // and only the default mode
                        "-r",
                        RESULTS.toAbsolutePath().toString())
                .directory(RESULTS.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(output.toFile()))
                .start();
        try {
            assertTrue(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS), () -> "not done in time\n" + tail(output));
            assertEquals(0, process.exitValue(), () -> "\n" + tail(output));
            String text = Files.readString(output);
            assertTrue(text.contains("[OK] " + TwoWritersStress.class.getName()), text);
            if (Runtime.getRuntime().availableProcessors() >= 3) { // jcstress runs no test with more actors than cores
                assertTrue(text.contains("[OK] " + ThreeWritersStress.class.getName()), text);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static String tail(Path output) {
        try {
            String text = Files.readString(output);
            return text.substring(Math.max(0, text.length() - 10_000));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
