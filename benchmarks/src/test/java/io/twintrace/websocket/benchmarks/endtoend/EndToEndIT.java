package io.twintrace.websocket.benchmarks.endtoend;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Only that it works. The figures of so short a run mean nothing. */
@Timeout(180)
class EndToEndIT {
    @Test
    void everyServerEchoesAndBroadcastsWhatWasSent() throws Exception {
        Options options = Options.parse(
                "--workloads", "echo-125,broadcast", "--rounds", "1", "--warmup", "0.1", "--seconds", "0.3");
        Results results = new EndToEnd(options).run();
        assertAll(options.servers().stream()
                .flatMap(server -> options.workloads().stream().map(workload -> check(results, workload, server))));
    }

    private static Executable check(Results results, Workload workload, ServerKind server) {
        String what = server.title() + " under " + workload.id();
        return () -> {
            assertEquals(0, results.errors(workload, server), what + ": wrong or missing");
            assertTrue(results.median(workload, server, Metric.PER_SECOND) > 0, what + ": nothing came back");
        };
    }
}
