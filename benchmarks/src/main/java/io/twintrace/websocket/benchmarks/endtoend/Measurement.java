package io.twintrace.websocket.benchmarks.endtoend;

import java.util.Map;

/**
 * One server under one workload, once.
 *
 * @param values what was measured; nothing where the run has failed altogether
 * @param errors how many replies were wrong or missing
 */
record Measurement(Map<Metric, Double> values, long errors) {
    /** Nothing came of it. */
    static Measurement failed() {
        return new Measurement(Map.of(), 1);
    }
}
