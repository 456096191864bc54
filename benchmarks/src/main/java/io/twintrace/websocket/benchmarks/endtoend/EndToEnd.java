package io.twintrace.websocket.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares Twintrace with other servers, each in a process of its own, under load from another process. The README of
 * this module says how to read the figures.
 *
 * <pre>java -cp benchmarks/target/classes io.twintrace.websocket.benchmarks.endtoend.EndToEnd --rounds 3</pre>
 */
public final class EndToEnd {
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

    /** The files that a server opens besides its connections. */
    private static final int OTHER_FILES = 500;

    private final Options options;
    private final Jvm jvm;
    private final Results results = new Results();

    EndToEnd(Options options) throws IOException {
        this.options = options;
        this.jvm = new Jvm(options.javaHome(), options.serverJvm());
    }

    /** Takes the options of {@link Options#USAGE}. Exits with 1 if a reply was wrong or a server has failed. */
    public static void main(String[] args) throws IOException {
        if (List.of(args).contains("--help")) {
            System.out.println(Options.USAGE);
            return;
        }
        Options options;
        try {
            options = Options.parse(args);
            checkOpenFiles(options);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + System.lineSeparator() + Options.USAGE);
            System.exit(2);
            return;
        }
        if (options.against().isPresent()) {
            compare(options);
            return;
        }
        EndToEnd benchmark = new EndToEnd(options);
        Results results = benchmark.run();
        Report report = new Report(options, benchmark.jvm, results);
        System.out.print(report.text());
        if (options.svg().isPresent()) {
            Files.writeString(options.svg().get(), report.svg());
        }
        if (options.csv().isPresent()) {
            Files.writeString(options.csv().get(), new Csv(options, benchmark.jvm, results).text());
        }
        System.exit(results.errors() == 0 ? 0 : 1);
    }

    private static void compare(Options options) throws IOException {
        Comparison comparison;
        try {
            comparison = new Comparison(options);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        boolean isCorrect = comparison.run();
        System.out.print(comparison.text());
        System.exit(isCorrect ? 0 : 1);
    }

    /** Runs all rounds. Servers take turns under each workload, and each round begins with another server. */
    Results run() throws IOException {
        for (int round = 0; round < options.rounds(); round++) {
            List<ServerKind> order = new ArrayList<>(options.servers());
            Collections.rotate(order, -round);
            for (Workload workload : options.workloads()) {
                for (ServerKind server : order) {
                    Measurement measurement = measure(server, workload);
                    results.add(workload, server, measurement);
                    progress(round, workload, server, measurement);
                }
            }
        }
        return results;
    }

    private Measurement measure(ServerKind kind, Workload workload) {
        try (RunningServer server = new RunningServer(jvm.server(kind, workload.messageLimit()))) {
            return new LoadRun(options, jvm).on(server, workload);
        } catch (IOException e) {
            System.err.println(kind.title() + ", " + workload.id() + ": " + e);
            return Measurement.failed();
        }
    }

    private static void progress(int round, Workload workload, ServerKind server, Measurement measurement) {
        Metric metric = workload.metrics().get(0);
        System.err.printf(
                Locale.ROOT,
                "round %d  %-18s  %-18s %,12.0f %s%s%n",
                round + 1,
                workload.id(),
                server.title(),
                measurement.values().getOrDefault(metric, Double.NaN),
                metric.heading(),
                measurement.errors() == 0 ? "" : ", " + measurement.errors() + " WRONG");
    }

    /** Checks the limit of open files at the start, not in the middle of a long run. */
    private static void checkOpenFiles(Options options) throws IOException {
        Path limits = Path.of("/proc/self/limits");
        if (!options.workloads().contains(Workload.MEMORY) || !Files.exists(limits)) {
            return;
        }
        Matcher matcher = OPEN_FILES.matcher(Files.readString(limits));
        int needed = options.idleConnections() + OTHER_FILES;
        if (matcher.find() && Long.parseLong(matcher.group(1)) < needed) {
            throw new IllegalArgumentException("a process may open " + matcher.group(1) + " files here, but "
                    + options.idleConnections() + " idle connections need " + needed + ": raise the limit with"
                    + " \"ulimit -n " + needed + "\", lower --idle-connections, or leave out the workload memory");
        }
    }
}
