package io.twintrace.websocket.benchmarks.endtoend;

import java.util.Map;

/**
 * The result of one server under one workload in one round.
 *
 * @param values the measured values; empty if the run has failed
 * @param errors the number of wrong or missing replies
 */
record Measurement(Map<Metric, Double> values, long errors) {
    /** Returns the result of a failed run. */
    static Measurement failed() {
        return new Measurement(Map.of(), 1);
    }
}
