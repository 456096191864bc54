package io.twintrace.websocket.benchmarks.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsTest {
    private final Results results = new Results();

    @Test
    void medianOfAnOddAndOfAnEvenNumber() {
        add(9, 0);
        add(1, 0);
        add(4, 0);
        assertEquals(4, median());
        add(6, 0);
        assertEquals(5, median());
    }

    @Test
    void failedRunsCountAsErrorsOnly() {
        add(7, 2);
        results.add(Workload.ECHO_4K, ServerKind.NETTY, Measurement.failed());
        assertEquals(7, median());
        assertEquals(3, results.errors(Workload.ECHO_4K, ServerKind.NETTY));
        assertEquals(3, results.errors());
    }

    @Test
    void nothingMeasuredIsNotANumber() {
        assertEquals(Double.NaN, median());
    }

    private void add(double value, long errors) {
        results.add(Workload.ECHO_4K, ServerKind.NETTY, new Measurement(Map.of(Metric.P50, value), errors));
    }

    private double median() {
        return results.median(Workload.ECHO_4K, ServerKind.NETTY, Metric.P50);
    }
}
