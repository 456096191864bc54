package io.twintrace.websocket.benchmarks.endtoend;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** All measurements, and their medians over the rounds. */
final class Results {
    private final Map<Workload, Map<ServerKind, List<Measurement>>> all = new EnumMap<>(Workload.class);

    void add(Workload workload, ServerKind server, Measurement measurement) {
        all.computeIfAbsent(workload, key -> new EnumMap<>(ServerKind.class))
                .computeIfAbsent(server, key -> new ArrayList<>())
                .add(measurement);
    }

    /** Not a number where nothing was measured. */
    double median(Workload workload, ServerKind server, Metric metric) {
        double[] sorted = measurements(workload, server).stream()
                .map(measurement -> measurement.values().get(metric))
                .filter(value -> value != null && !value.isNaN())
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    long errors(Workload workload, ServerKind server) {
        return measurements(workload, server).stream()
                .mapToLong(Measurement::errors)
                .sum();
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
