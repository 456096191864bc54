package io.twintrace.websocket.benchmarks.endtoend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Holds all measurements, and computes their medians over the rounds. */
final class Results {
    private final Map<Workload, Map<ServerKind, List<Measurement>>> all = new EnumMap<>(Workload.class);

    void add(Workload workload, ServerKind server, Measurement measurement) {
        all.computeIfAbsent(workload, key -> new EnumMap<>(ServerKind.class))
                .computeIfAbsent(server, key -> new ArrayList<>())
                .add(measurement);
    }

    /** Returns the median, or NaN if there is no measurement. */
    double median(Workload workload, ServerKind server, Metric metric) {
        return median(known(workload, server, metric));
    }

    static double median(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    double min(Workload workload, ServerKind server, Metric metric) {
        return known(workload, server, metric).min().orElse(Double.NaN);
    }

    double max(Workload workload, ServerKind server, Metric metric) {
        return known(workload, server, metric).max().orElse(Double.NaN);
    }

    /** Returns one value for each round, NaN for a failed one. */
    List<Double> ofEachRound(Workload workload, ServerKind server, Metric metric) {
        return measurements(workload, server).stream()
                .map(measurement -> measurement.values().getOrDefault(metric, Double.NaN))
                .toList();
    }

    /**
     * Compares a server's median with that of the best server that is not Twintrace. Above 1 it is better, whether more
     * or less of the metric is better. NaN if there is nothing to compare, or a median is not above 0.
     */
    double toBestPeer(Workload workload, ServerKind server, Metric metric) {
        double own = median(workload, server, metric);
        DoubleStream peers = Arrays.stream(ServerKind.values())
                .filter(ServerKind::isPeer)
                .mapToDouble(peer -> median(workload, peer, metric))
                .filter(value -> value > 0);
        double best = (metric.lessIsBetter() ? peers.min() : peers.max()).orElse(Double.NaN);
        if (!(own > 0)) {
            return Double.NaN;
        }
        return metric.lessIsBetter() ? best / own : own / best;
    }

    private DoubleStream known(Workload workload, ServerKind server, Metric metric) {
        return ofEachRound(workload, server, metric).stream()
                .mapToDouble(Double::doubleValue)
                .filter(value -> !Double.isNaN(value));
    }

    long errors(Workload workload, ServerKind server) {
        return measurements(workload, server).stream()
                .mapToLong(Measurement::errors)
                .sum();
    }

    List<Long> errorsOfEachRound(Workload workload, ServerKind server) {
        return measurements(workload, server).stream().map(Measurement::errors).toList();
    }

    long errors() {
        return all.values().stream()
                .flatMap(servers -> servers.values().stream())
                .flatMap(List::stream)
                .mapToLong(Measurement::errors)
                .sum();
    }

    private List<Measurement> measurements(Workload workload, ServerKind server) {
        return all.getOrDefault(workload, Map.of()).getOrDefault(server, List.of());
    }
}
