package io.twintrace.websocket.benchmarks.endtoend;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Every figure of every round, with what lies between, so that a difference can be judged by the spread. */
final class Csv {
    private final Options options;
    private final Jvm jvm;
    private final Results results;

    Csv(Options options, Jvm jvm, Results results) {
        this.options = options;
        this.jvm = jvm;
        this.results = results;
    }

    /** A line for each metric of each server under each workload. What is not known is an empty cell. */
    String text() throws IOException {
        StringBuilder text = new StringBuilder();
        List<String> head = new ArrayList<>(
                List.of("workload", "server", "version", "metric", "median", "min", "max", "to best peer"));
        for (int round = 1; round <= options.rounds(); round++) {
            head.add("round " + round);
        }
        line(text, head);
        for (Workload workload : options.workloads()) {
            for (ServerKind server : options.servers()) {
                for (Metric metric : workload.metrics()) {
                    line(text, cells(workload, server, metric));
                }
                line(text, wrong(workload, server));
            }
        }
        return text.toString();
    }

    private List<String> cells(Workload workload, ServerKind server, Metric metric) throws IOException {
        List<String> cells = new ArrayList<>(List.of(
                workload.id(),
                server.id(),
                jvm.version(server),
                metric.heading(),
                number(results.median(workload, server, metric)),
                number(results.least(workload, server, metric)),
                number(results.most(workload, server, metric)),
                // How busy the generator was is neither good nor bad.
                metric == Metric.LOAD ? "" : number(results.toBestPeer(workload, server, metric))));
        results.ofEachRound(workload, server, metric).forEach(value -> cells.add(number(value)));
        return cells;
    }

    /** Replies that were wrong or missing. */
    private List<String> wrong(Workload workload, ServerKind server) throws IOException {
        List<String> cells = new ArrayList<>(List.of(workload.id(), server.id(), jvm.version(server), "wrong"));
        cells.addAll(List.of("", "", "", ""));
        results.errorsOfEachRound(workload, server).forEach(errors -> cells.add(Long.toString(errors)));
        return cells;
    }

    /** No cell holds a comma, a quote or a line's end. */
    private static void line(StringBuilder text, List<String> cells) {
        text.append(String.join(",", cells)).append('\n');
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
    }
}
