package io.twintrace.websocket.benchmarks.endtoend;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The command line.
 *
 * @param wsload the load generator that is written in C, if it is to be used
 * @param svg where the chart goes, if anywhere
 */
record Options(
        List<ServerKind> servers,
        List<Workload> workloads,
        int rounds,
        double seconds,
        double warmup,
        int idleConnections,
        Path javaHome,
        Optional<Path> wsload,
        Optional<Path> svg) {

    static final String USAGE = """
            options, each with its default:
              --servers LIST            of %s (all)
              --workloads LIST          of %s (all)
              --rounds N                each of all servers under all workloads, in another order (3)
              --seconds S               of each measurement (5)
              --warmup S                before it (3)
              --idle-connections N      held by the workload memory (10000)
              --java-home DIRECTORY     the JDK of servers and load generator (the one that runs this)
              --wsload FILE             a load generator in place of the one in Java, where it can do the workload (none)
              --svg FILE                a chart as well (none)
            lists are separated by commas""".formatted(
                    String.join(", ", ids(ServerKind.values(), ServerKind::id)),
                    String.join(", ", ids(Workload.values(), Workload::id)));

    static Options defaults() {
        return new Options(
                List.of(ServerKind.values()),
                List.of(Workload.values()),
                3,
                5,
                3,
                10_000,
                Path.of(System.getProperty("java.home")),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Reads the command line.
     *
     * @throws IllegalArgumentException when it makes no sense
     */
    static Options parse(String... args) {
        Options options = defaults();
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value, or is not an option");
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
        Optional<Path> newWsload = wsload;
        Optional<Path> newSvg = svg;
        switch (name) {
            case "--servers" -> newServers = choose(value, ServerKind.values(), ServerKind::id);
            case "--workloads" -> newWorkloads = choose(value, Workload.values(), Workload::id);
            case "--rounds" -> newRounds = Integer.parseInt(value);
            case "--seconds" -> newSeconds = Double.parseDouble(value);
            case "--warmup" -> newWarmup = Double.parseDouble(value);
            case "--idle-connections" -> newIdle = Integer.parseInt(value);
            case "--java-home" -> newHome = Path.of(value);
            case "--wsload" -> newWsload = Optional.of(Path.of(value));
            case "--svg" -> newSvg = Optional.of(Path.of(value));
            default -> throw new IllegalArgumentException("no such option: " + name);
        }
        return new Options(
                newServers, newWorkloads, newRounds, newSeconds, newWarmup, newIdle, newHome, newWsload, newSvg);
    }

    private static <T> List<T> choose(String list, T[] from, Function<T, String> id) {
        return Arrays.stream(list.split(","))
                .map(name -> Arrays.stream(from)
                        .filter(each -> id.apply(each).equals(name.trim()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(
                                "no " + name + " among " + String.join(", ", ids(from, id)))))
                .toList();
    }

    private static <T> List<String> ids(T[] values, Function<T, String> id) {
        return Arrays.stream(values).map(id).toList();
    }
}
