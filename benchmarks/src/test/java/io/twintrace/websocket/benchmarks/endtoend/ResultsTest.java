package io.twintrace.websocket.benchmarks.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
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

    @Test
    void spread() {
        add(9, 0);
        results.add(Workload.ECHO_4K, ServerKind.NETTY, Measurement.failed());
        add(1, 0);
        assertEquals(1, results.min(Workload.ECHO_4K, ServerKind.NETTY, Metric.P50));
        assertEquals(9, results.max(Workload.ECHO_4K, ServerKind.NETTY, Metric.P50));
        assertEquals(
                List.of(9.0, Double.NaN, 1.0), results.ofEachRound(Workload.ECHO_4K, ServerKind.NETTY, Metric.P50));
        assertEquals(List.of(0L, 1L, 0L), results.errorsOfEachRound(Workload.ECHO_4K, ServerKind.NETTY));
    }

    @Test
    void betterThanTheBestPeerIsAboveOne() {
        add(ServerKind.PUSH, 200, 5);
        add(ServerKind.BLOCKING, 400, 20);
        add(ServerKind.NETTY, 100, 10);
        add(ServerKind.TOMCAT, 50, 40);
        assertEquals(2, ratio(ServerKind.PUSH, Metric.PER_SECOND));
        assertEquals(4, ratio(ServerKind.BLOCKING, Metric.PER_SECOND));
        assertEquals(0.5, ratio(ServerKind.TOMCAT, Metric.PER_SECOND));
        assertEquals(2, ratio(ServerKind.PUSH, Metric.P50));
        assertEquals(0.5, ratio(ServerKind.BLOCKING, Metric.P50));
    }

    @Test
    void withoutAPeerOrAFigureThereIsNoRatio() {
        assertEquals(Double.NaN, ratio(ServerKind.PUSH, Metric.P50));
        add(ServerKind.PUSH, 200, 5);
        assertEquals(Double.NaN, ratio(ServerKind.PUSH, Metric.P50));
        add(ServerKind.NETTY, 100, -3);
        assertEquals(Double.NaN, ratio(ServerKind.PUSH, Metric.P50));
    }

    private void add(ServerKind server, double perSecond, double p50) {
        results.add(
                Workload.ECHO_4K, server, new Measurement(Map.of(Metric.PER_SECOND, perSecond, Metric.P50, p50), 0));
    }

    private double ratio(ServerKind server, Metric metric) {
        return results.toBestPeer(Workload.ECHO_4K, server, metric);
    }

    private void add(double value, long errors) {
        results.add(Workload.ECHO_4K, ServerKind.NETTY, new Measurement(Map.of(Metric.P50, value), errors));
    }

    private double median() {
        return results.median(Workload.ECHO_4K, ServerKind.NETTY, Metric.P50);
    }
}
