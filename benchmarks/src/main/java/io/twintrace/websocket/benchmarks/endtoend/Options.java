package io.twintrace.websocket.benchmarks.endtoend;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The options of the command line.
 *
 * @param wsload the load generator that is written in C, if it is to be used
 * @param serverJvm options of the virtual machine that every server runs on, the same for all
 * @param svg where the chart goes, if anywhere
 * @param csv where the figures of each round go, if anywhere
 * @param against the directory of another commit's checkout, which was built, to compare this build with
 */
record Options(
        List<ServerKind> servers,
        List<Workload> workloads,
        int rounds,
        double seconds,
        double warmup,
        int idleConnections,
        Path javaHome,
        List<String> serverJvm,
        Optional<Path> wsload,
        Optional<Path> svg,
        Optional<Path> csv,
        Optional<Path> against) {

    /** Enough for 10,000 connections of the server that needs most. The JDK chooses the collector. */
    private static final String SERVER_JVM = "-Xms256m -Xmx2g";

    static final String USAGE = """
            options, each with its default:
              --servers LIST            of %s (all)
              --workloads LIST          of %s (all)
              --rounds N                each runs all servers under all workloads, in another order (3)
              --seconds S               of each measurement (5)
              --warmup S                before it (3)
              --idle-connections N      held by the workload memory (10000)
              --java-home DIRECTORY     the JDK of servers and load generator (the one that runs this)
              --server-jvm "OPTIONS"    of every server's JVM, the same for all, with blanks between (%s)
              --wsload FILE             replaces the load generator in Java if it supports the workload (none)
              --svg FILE                also draws a chart (none)
              --csv FILE                also writes every figure of every round, with minimum and maximum (none)
              --against DIRECTORY       compares Twintrace with another commit, checked out and built there (none)
            lists are separated by commas""".formatted(
                    String.join(", ", ids(ServerKind.values(), ServerKind::id)),
                    String.join(", ", ids(Workload.values(), Workload::id)),
                    SERVER_JVM);

    static Options defaults() {
        return new Options(
                List.of(ServerKind.values()),
                List.of(Workload.values()),
                3,
                5,
                3,
                10_000,
                Path.of(System.getProperty("java.home")),
                words(SERVER_JVM),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException if it is invalid
     */
    static Options parse(String... args) {
        Options options = defaults();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value or is not an option");
            }
            options = options.with(args[i], args[i + 1]);
        }
        return options;
    }

    private Options with(String name, String value) {
        List<ServerKind> newServers = servers;
        List<Workload> newWorkloads = workloads;
        int newRounds = rounds;
        double newSeconds = seconds;
        double newWarmup = warmup;
        int newIdle = idleConnections;
        Path newHome = javaHome;
        List<String> newServerJvm = serverJvm;
        Optional<Path> newWsload = wsload;
        Optional<Path> newSvg = svg;
        Optional<Path> newCsv = csv;
        Optional<Path> newAgainst = against;
        switch (name) {
            case "--servers" -> newServers = choose(value, ServerKind.values(), ServerKind::id);
            case "--workloads" -> newWorkloads = choose(value, Workload.values(), Workload::id);
            case "--rounds" -> newRounds = Integer.parseInt(value);
            case "--seconds" -> newSeconds = Double.parseDouble(value);
            case "--warmup" -> newWarmup = Double.parseDouble(value);
            case "--idle-connections" -> newIdle = Integer.parseInt(value);
            case "--java-home" -> newHome = Path.of(value);
            case "--server-jvm" -> newServerJvm = words(value);
            case "--wsload" -> newWsload = Optional.of(Path.of(value));
            case "--svg" -> newSvg = Optional.of(Path.of(value));
            case "--csv" -> newCsv = Optional.of(Path.of(value));
            case "--against" -> newAgainst = Optional.of(Path.of(value));
            default -> throw new IllegalArgumentException("no such option: " + name);
        }
        return new Options(
                newServers,
                newWorkloads,
                newRounds,
                newSeconds,
                newWarmup,
                newIdle,
                newHome,
                newServerJvm,
                newWsload,
                newSvg,
                newCsv,
                newAgainst);
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
    }

    private static <T> List<T> choose(String list, T[] from, Function<T, String> id) {
        return Arrays.stream(list.split(","))
                .map(name -> Arrays.stream(from)
                        .filter(each -> id.apply(each).equals(name.trim()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                name + " is not one of " + String.join(", ", ids(from, id)))))
                .toList();
    }

    private static <T> List<String> ids(T[] values, Function<T, String> id) {
        return Arrays.stream(values).map(id).toList();
    }
}
