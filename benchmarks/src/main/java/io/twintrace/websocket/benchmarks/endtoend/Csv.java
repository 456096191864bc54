package io.twintrace.websocket.benchmarks.endtoend;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes every figure of every round, so that readers can judge a difference by the spread. */
final class Csv {
    private final Options options;
    private final Jvm jvm;
    private final Results results;

    Csv(Options options, Jvm jvm, Results results) {
        this.options = options;
        this.jvm = jvm;
        this.results = results;
    }

    /** Returns a line for each metric of each server under each workload. An unknown value is an empty cell. */
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
                number(results.min(workload, server, metric)),
                number(results.max(workload, server, metric)),
                // A busy generator is neither good nor bad.
                metric == Metric.LOAD ? "" : number(results.toBestPeer(workload, server, metric))));
        results.ofEachRound(workload, server, metric).forEach(value -> cells.add(number(value)));
        return cells;
    }

    /** Returns the line for wrong or missing replies. */
    private List<String> wrong(Workload workload, ServerKind server) throws IOException {
        List<String> cells = new ArrayList<>(List.of(workload.id(), server.id(), jvm.version(server), "wrong"));
        cells.addAll(List.of("", "", "", ""));
        results.errorsOfEachRound(workload, server).forEach(errors -> cells.add(Long.toString(errors)));
        return cells;
    }

    /** Joins the cells. No cell holds a comma, a quote or a line break. */
    private static void line(StringBuilder text, List<String> cells) {
        text.append(String.join(",", cells)).append('\n');
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
    }
}
