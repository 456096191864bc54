package io.twintrace.websocket.benchmarks.endtoend;

import io.twintrace.websocket.benchmarks.endtoend.report.BarChart;
import io.twintrace.websocket.benchmarks.endtoend.report.TextTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows the medians. */
final class Report {
    private final Options options;
    private final Jvm jvm;
    private final Results results;

    Report(Options options, Jvm jvm, Results results) {
        this.options = options;
        this.jvm = jvm;
        this.results = results;
    }

    String text() throws IOException {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%nMedians of %d rounds of %.1f s after %.1f s of warm-up; JDK %s, %d processors; each server with %s%n",
                options.rounds(),
                options.seconds(),
                options.warmup(),
                jvm.release(),
                Runtime.getRuntime().availableProcessors(),
                jvm.serverSetting()));
        for (Workload workload : options.workloads()) {
            text.append(System.lineSeparator())
                    .append(title(workload))
                    .append(System.lineSeparator())
                    .append(table(workload));
        }
        text.append(System.lineSeparator());
        int number = 1;
        for (ServerKind server : options.servers()) {
            text.append(
                    String.format("[%d] %s %s: %s%n", number++, server.title(), jvm.version(server), server.note()));
        }
        return text.toString();
    }

    private String title(Workload workload) {
        String loadGenerator = options.wsload().isPresent() && workload.isForWsload() ? " (wsload)" : "";
        return workload == Workload.MEMORY // the others name their number of connections
                ? String.format(Locale.ROOT, "%s: bytes for each of %,d", workload.title(), options.idleConnections())
                : workload.title() + loadGenerator;
    }

    private String table(Workload workload) {
        List<Metric> metrics = workload.metrics();
        List<String> head = new ArrayList<>(List.of(workload.id(), "to best peer"));
        metrics.forEach(metric -> head.add(metric.heading()));
        head.add("wrong");
        TextTable table = new TextTable(head);
        int number = 1;
        for (ServerKind server : options.servers()) {
            double ratio = results.toBestPeer(workload, server, metrics.get(0));
            List<String> row = new ArrayList<>(List.of(server.title() + " [" + number++ + "]", ratio(ratio)));
            for (Metric metric : metrics) {
                row.add(number(results.median(workload, server, metric)));
            }
            row.add(Long.toString(results.errors(workload, server)));
            table.add(row);
        }
        return table.toString();
    }

    private static String ratio(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%,.0f", value);
    }

    /** Returns a chart of each workload's first metric. */
    String svg() throws IOException {
        BarChart chart = new BarChart("WebSocket servers, JDK " + jvm.release() + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        for (Workload workload : options.workloads()) {
            Metric metric = workload.metrics().get(0);
            String unit = metric.inWords().formatted(workload.counted())
                    + (metric.lessIsBetter() ? " (less is better)" : " (more is better)");
            List<BarChart.Bar> bars = new ArrayList<>();
            for (ServerKind server : options.servers()) {
                bars.add(new BarChart.Bar(
                        server.title() + " " + jvm.version(server),
                        results.median(workload, server, metric),
                        !server.isPeer()));
            }
            chart.add(new BarChart.Group(title(workload), unit, bars));
        }
        return chart.svg();
    }
}
