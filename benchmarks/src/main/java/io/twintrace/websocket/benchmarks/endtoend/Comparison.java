package io.twintrace.websocket.benchmarks.endtoend;

import io.twintrace.websocket.benchmarks.endtoend.report.TextTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.ToDoubleFunction;

/**
 * Compares this build of Twintrace with that of another commit, for differences of a few per cent. One server a process
 * does not show these: each start of a virtual machine compiles a little differently, and a machine's speed changes
 * within minutes. So both servers run at once, and the load goes back and forth between them in short slices.
 */
final class Comparison {
    /** The slices for each of the two servers in a round. */
    private static final int SLICES = 8;

    /** Not measured, at the beginning of a slice: the connections are opened, and the load generator is compiled. */
    private static final double SLICE_WARMUP = 0.5;

    private final Options options;
    private final Jvm own;
    private final Jvm other;
    private final LoadRun load;
    private final List<Row> rows = new ArrayList<>();
    private long errors;

    /** A workload for a face of Twintrace. */
    private record Row(Workload workload, ServerKind server, List<Round> rounds) {
        private Metric metric() {
            return workload.metrics().get(0);
        }

        private double median(ToDoubleFunction<Round> figure) {
            return Results.median(rounds.stream().mapToDouble(figure));
        }
    }

    /** The medians of one round's slices. */
    record Round(double other, double own, boolean lessIsBetter) {
        /** Returns a number above 1 if this build is better. */
        double ratio() {
            return lessIsBetter ? other / own : own / other;
        }
    }

    Comparison(Options options) throws IOException {
        this.options = options;
        Path classes = options.against().orElseThrow().resolve("benchmarks/target/classes");
        this.own = new Jvm(options.javaHome(), options.serverJvm());
        this.other = new Jvm(options.javaHome(), options.serverJvm(), classes);
        this.load = new LoadRun(options, own);
        for (Workload workload : options.workloads()) {
            options.servers().stream()
                    .filter(server -> !server.isPeer())
                    .forEach(server -> rows.add(new Row(workload, server, new ArrayList<>())));
        }
        if (rows.isEmpty() || options.svg().isPresent() || options.csv().isPresent()) {
            throw new IllegalArgumentException(
                    "--against compares Twintrace's own servers, and writes neither --svg nor --csv");
        }
    }

    /** Runs all rounds. Returns false if a reply was wrong or a server has failed. */
    boolean run() {
        for (int i = 0; i < options.rounds(); i++) {
            for (Row row : rows) {
                String what = String.format(
                        "round %d  %-18s  %-28s ",
                        i + 1, row.workload().id(), row.server().title());
                try {
                    Round round = round(row);
                    row.rounds().add(round);
                    System.err.printf(Locale.ROOT, "%s%.2f%n", what, round.ratio());
                } catch (IOException | CompletionException e) { // the other rows are worth having
                    errors++;
                    System.err.println(what + e);
                }
            }
        }
        return errors == 0;
    }

    private Round round(Row row) throws IOException {
        Workload workload = row.workload();
        try (RunningServer otherServer = new RunningServer(other.server(row.server(), workload.messageLimit()));
                RunningServer ownServer = new RunningServer(own.server(row.server(), workload.messageLimit()))) {
            List<Double> others = new ArrayList<>();
            List<Double> owns = new ArrayList<>();
            if (workload.isIdle()) {
                others.add(figure(row, otherServer, options.warmup(), options.seconds()));
                owns.add(figure(row, ownServer, options.warmup(), options.seconds()));
            } else {
                warmUp(row, List.of(otherServer, ownServer));
                for (int i = 0; i < SLICES; i++) {
                    boolean ownFirst = i % 2 == 1;
                    if (ownFirst) {
                        owns.add(slice(row, ownServer));
                    }
                    others.add(slice(row, otherServer));
                    if (!ownFirst) {
                        owns.add(slice(row, ownServer));
                    }
                }
            }
            return new Round(median(others), median(owns), row.metric().lessIsBetter());
        }
    }

    /** Both at once, and for twice the time, since they share the machine. */
    private void warmUp(Row row, List<RunningServer> servers) {
        List<CompletableFuture<Void>> runs = servers.stream()
                .map(server -> CompletableFuture.runAsync(
                        () -> {
                            try {
                                figure(row, server, 0, 2 * options.warmup());
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        task -> new Thread(task).start()))
                .toList();
        runs.forEach(CompletableFuture::join);
    }

    private double slice(Row row, RunningServer server) throws IOException {
        return figure(row, server, SLICE_WARMUP, options.seconds() / SLICES);
    }

    private double figure(Row row, RunningServer server, double warmup, double seconds) throws IOException {
        Measurement measurement = load.on(server, row.workload(), warmup, seconds);
        synchronized (this) {
            errors += measurement.errors();
        }
        double figure = measurement.values().getOrDefault(row.metric(), Double.NaN);
        if (!(figure > 0)) {
            throw new IOException("no figure for " + row.server().title());
        }
        return figure;
    }

    private static double median(List<Double> values) {
        return Results.median(values.stream().mapToDouble(Double::doubleValue));
    }

    /** Returns a table. */
    String text() throws IOException {
        TextTable table = new TextTable(List.of("workload", "server", "figure", "that", "this", "ratio", "of rounds"));
        for (Row row : rows) {
            table.add(List.of(
                    row.workload().id(),
                    row.server().title(),
                    row.metric().heading(),
                    String.format(Locale.ROOT, "%,.0f", row.median(Round::other)),
                    String.format(Locale.ROOT, "%,.0f", row.median(Round::own)),
                    String.format(Locale.ROOT, "%.2f", row.median(Round::ratio)),
                    String.format(
                            Locale.ROOT,
                            "%.2f-%.2f",
                            row.rounds().stream()
                                    .mapToDouble(Round::ratio)
                                    .min()
                                    .orElse(Double.NaN),
                            row.rounds().stream()
                                    .mapToDouble(Round::ratio)
                                    .max()
                                    .orElse(Double.NaN))));
        }
        return String.format(
                Locale.ROOT,
                "%nThis build and that of %s, medians of %d rounds of %d slices of %.1f s after %.1f s of warm-up;"
                        + " JDK %s, %d processors; each server with %s; a ratio above 1 is better; %d wrong%n%n%s",
                options.against().orElseThrow(),
                options.rounds(),
                SLICES,
                options.seconds() / SLICES,
                options.warmup(),
                own.release(),
                Runtime.getRuntime().availableProcessors(),
                own.serverSetting(),
                errors,
                table);
    }
}
