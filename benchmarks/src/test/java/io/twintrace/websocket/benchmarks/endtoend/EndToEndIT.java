package io.twintrace.websocket.benchmarks.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks only that the benchmark works. The figures of such a short run mean nothing. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD) // waiting for a process cannot be interrupted
class EndToEndIT {
    private static final Options OPTIONS = Options.parse(
            "--servers",
            "push,netty",
            "--workloads",
            "echo-utf8,deflate",
            "--rounds",
            "1",
            "--warmup",
            "0.1",
            "--seconds",
            "0.3");

    @ParameterizedTest
    @EnumSource
    void everyServerSendsBackAndBroadcastsWhatWasSent(ServerKind kind) throws Exception {
        Jvm jvm = new Jvm(OPTIONS.javaHome(), OPTIONS.serverJvm());
        LoadRun load = new LoadRun(OPTIONS, jvm);
        try (RunningServer server = new RunningServer(jvm.server(kind, Workload.ECHO_125.messageLimit()))) {
            assertWorks(load, server, Workload.ECHO_125);
            assertWorks(load, server, Workload.BROADCAST);
        }
    }

    private static void assertWorks(LoadRun load, RunningServer server, Workload workload) throws Exception {
        boolean worked = false;
        for (int i = 0; i < 5 && !worked; i++) { // so short a measurement may fall into a pause of the machine
            Measurement measurement = load.on(server, workload);
            assertEquals(0, measurement.errors(), "replies that were wrong or missing");
            worked = measurement.values().get(Metric.PER_SECOND) > 0;
        }
        assertTrue(worked, "something came back");
    }

    @Test
    void aWholeRunIsReported() throws Exception {
        Results results = new EndToEnd(OPTIONS).run();
        assertEquals(0, results.errors());
        Jvm jvm = new Jvm(OPTIONS.javaHome(), OPTIONS.serverJvm());
        Report report = new Report(OPTIONS, jvm, results);
        assertTrue(report.text().contains(Workload.DEFLATE.title()), report.text());
        assertTrue(report.text().contains("GC)"), report.text());
        assertTrue(report.svg().contains(Workload.DEFLATE.title()), report.svg());
        String csv = new Csv(OPTIONS, jvm, results).text();
        assertTrue(csv.contains("deflate,push,"), csv);
        assertTrue(csv.lines().allMatch(line -> line.split(",", -1).length == 9), csv);
    }

    @Test
    void aRatioAboveOneIsBetter() {
        assertEquals(2, new Comparison.Round(10, 20, false).ratio());
        assertEquals(2, new Comparison.Round(20, 10, true).ratio());
    }

    @Test
    void onlyTwintraceIsComparedWithAnotherCommit() {
        Options options = Options.parse("--servers", "netty", "--against", "..");
        assertThrows(IllegalArgumentException.class, () -> new Comparison(options));
    }

    @Test
    void twoBuildsAreCompared() throws Exception {
        String root = Path.of("").toAbsolutePath().getParent().toString();
        Options options = Options.parse(
                "--servers",
                "push,netty",
                "--workloads",
                "echo-125",
                "--rounds",
                "1",
                "--warmup",
                "0.1",
                "--seconds",
                "0.8",
                "--against",
                root);
        Comparison comparison = new Comparison(options);
        assertTrue(comparison.run(), "all replies were right");
        String text = comparison.text();
        assertTrue(text.contains(Workload.ECHO_125.id()), text);
        assertFalse(text.contains("Netty"), text);
        assertFalse(text.contains("NaN"), text);
    }
}
