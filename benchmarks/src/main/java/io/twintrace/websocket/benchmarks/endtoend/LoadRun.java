package io.twintrace.websocket.benchmarks.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the load generator with one workload against one server. */
final class LoadRun {
    private static final double PERCENT = 100;

    private final Options options;
    private final Jvm jvm;

    LoadRun(Options options, Jvm jvm) {
        this.options = options;
        this.jvm = jvm;
    }

    Measurement on(RunningServer server, Workload workload) throws IOException {
        return on(server, workload, options.warmup(), options.seconds());
    }

    /**
     * Runs the workload with other times than those of the options.
     *
     * @param warmup seconds that are not measured
     * @param seconds seconds that are
     */
    Measurement on(RunningServer server, Workload workload, double warmup, double seconds) throws IOException {
        Process process = new ProcessBuilder(command(server, workload, warmup, seconds))
                .redirectError(Redirect.INHERIT)
                .start();
        try {
            return workload.isIdle() ? memory(process, server, workload) : traffic(process, workload);
        } finally {
            process.destroy(); // if it has not ended by itself
        }
    }

    private List<String> command(RunningServer server, Workload workload, double warmup, double seconds)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (options.wsload().isPresent() && workload.isForWsload()) {
            command.addAll(wsload(options.wsload().get(), workload));
        } else {
            command.addAll(jvm.load());
            command.add(workload.mode());
            command.addAll(workload.load());
            if (workload.isIdle()) {
                command.addAll(List.of("--conns", Integer.toString(connections(workload))));
            }
        }
        command.addAll(List.of("--port", Integer.toString(server.port()), "--path", workload.path()));
        command.addAll(List.of("--pid", Long.toString(server.pid())));
        command.addAll(List.of("--warmup", Double.toString(warmup)));
        command.addAll(List.of("--seconds", Double.toString(seconds)));
        return command;
    }

    private static List<String> wsload(Path program, Workload workload) {
        List<String> command = new ArrayList<>(List.of(program.toAbsolutePath().toString()));
        boolean broadcast = workload.mode().equals("broadcast");
        command.add(broadcast ? "fanout" : workload.mode());
        command.addAll(workload.load());
        if (broadcast) { // here, wsload does not count the sender
            int conns = command.indexOf("--conns") + 1;
            command.set(conns, Integer.toString(Integer.parseInt(command.get(conns)) - 1));
        }
        command.addAll(List.of("--check", "1"));
        return command;
    }

    private static Measurement traffic(Process process, Workload workload) throws IOException {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            return read(output.readLine(), workload);
        }
    }

    private static Measurement read(String json, Workload workload) throws IOException {
        if (json == null) {
            throw new IOException("the load generator ended without a result");
        }
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.PER_SECOND, field(json, workload.unit() + "_per_s"));
        values.put(Metric.PER_CPU_SECOND, field(json, workload.unit() + "_per_server_cpu_s"));
        values.put(Metric.P50, field(json, "p50_us"));
        values.put(Metric.P99, field(json, "p99_us"));
        values.put(Metric.P999, field(json, "p999_us"));
        values.put(Metric.LOAD, PERCENT * field(json, "client_cpu_util"));
        return new Measurement(values, errors(json));
    }

    private int connections(Workload workload) {
        int given = workload.load().indexOf("--conns") + 1;
        return given > 0 ? Integer.parseInt(workload.load().get(given)) : options.idleConnections();
    }

    private Measurement memory(Process process, RunningServer server, Workload workload) throws IOException {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
                Writer input = process.outputWriter(StandardCharsets.UTF_8)) {
            await("warm", output);
            RunningServer.Memory before = server.memory();
            input.write("open\n");
            input.flush();
            await("open", output);
            RunningServer.Memory after = server.memory();
            input.write("close\n");
            input.flush();
            double connections = connections(workload);
            double heap = (after.heap() - before.heap()) / connections;
            double outside = (after.outside() - before.outside()) / connections;
            Map<Metric, Double> values = new EnumMap<>(Metric.class);
            values.put(Metric.HEAP, heap);
            values.put(Metric.OUTSIDE, outside);
            values.put(Metric.HELD, heap + outside);
            values.put(Metric.RSS, (after.rss() - before.rss()) / connections);
            return new Measurement(values, errors(output.readLine()));
        }
    }

    private static void await(String step, BufferedReader output) throws IOException {
        String line = output.readLine();
        if (!step.equals(line)) {
            throw new IOException("expected \"" + step + "\", but the load generator says: " + line);
        }
    }

    /** Returns the number of wrong replies. A load generator that does not report it has not compared them. */
    private static long errors(String json) throws IOException {
        double errors = field(json, "errors");
        if (Double.isNaN(errors)) {
            throw new IOException("the load generator does not report the number of wrong replies: " + json);
        }
        return (long) errors;
    }

    /** Returns one number of a flat JSON object. */
    private static double field(String json, String name) {
        Matcher matcher = Pattern.compile("\"" + name + "\":(-?[0-9.]+)").matcher(String.valueOf(json));
        return matcher.find() ? Double.parseDouble(matcher.group(1)) : Double.NaN;
    }
}
