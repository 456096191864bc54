package io.twintrace.websocket.benchmarks.endtoend;

import java.util.List;
import java.util.Locale;

/** The tasks for the servers. */
enum Workload {
    ECHO_125("echo", "echo, 64 connections, 125 bytes, 1 in flight", "--conns 64 --size 125 --depth 1"),
    ECHO_125_PIPELINED("echo", "echo, 64 connections, 125 bytes, 16 in flight", "--conns 64 --size 125 --depth 16"),
    ECHO_1000_CONNECTIONS(
            "echo", "echo, 1,000 connections, 125 bytes, 1 in flight", "--conns 1000 --size 125 --depth 1"),
    ECHO_8000_CONNECTIONS(
            "echo", "echo, 8,000 connections, 125 bytes, 1 in flight", "--conns 8000 --size 125 --depth 1"),
    ECHO_UTF8(
            "echo",
            "echo of text that is not ASCII, 64 connections, 125 bytes, 16 in flight",
            "--conns 64 --size 125 --depth 16 --utf8 true"),
    ECHO_4K("echo", "echo, 64 connections, 4 KiB, 4 in flight", "--conns 64 --size 4096 --depth 4"),
    ECHO_64K("echo", "echo, 8 connections, 64 KiB of text, 2 in flight", "--conns 8 --size 65536 --depth 2"),
    ECHO_64K_BINARY(
            "echo",
            "echo, 8 connections, 64 KiB of binary data, 2 in flight",
            "--conns 8 --size 65536 --depth 2 --binary true"),
    ECHO_1M("echo", "echo, 8 connections, 1 MiB of text, 1 in flight", "--conns 8 --size 1048576 --depth 1"),
    ECHO_1M_BINARY(
            "echo",
            "echo, 8 connections, 1 MiB of binary data, 1 in flight",
            "--conns 8 --size 1048576 --depth 1 --binary true"),
    BROADCAST("broadcast", "broadcast, 125 bytes to 200 connections, 4 in flight", "--conns 200 --size 125 --depth 4"),
    BROADCAST_10K(
            "broadcast",
            "broadcast, 125 bytes to 10,000 connections, 2 in flight",
            "--conns 10000 --size 125 --depth 2"),
    BROADCAST_10K_1K(
            "broadcast",
            "broadcast, 1 KiB to 10,000 connections, 1 in flight",
            "--conns 10000 --size 1024 --depth 1 --silent 0"),
    BROADCAST_10K_SILENT(
            "broadcast",
            "the same, with 100 more that read nothing",
            "--conns 10000 --size 1024 --depth 1 --silent 100"),
    DEFLATE(
            "echo",
            "permessage-deflate, echo, 64 connections, 1 KiB of JSON, 1 in flight",
            "--conns 64 --size 1024 --depth 1 --deflate true"),
    DEFLATE_1000_CONNECTIONS(
            "echo",
            "permessage-deflate, echo, 1,000 connections, 1 KiB of JSON, 1 in flight",
            "--conns 1000 --size 1024 --depth 1 --deflate true"),
    LATENCY(
            "echo",
            "echo at 10,000 a second over 64 connections, 125 bytes, latency from when a message was due",
            "--conns 64 --size 125 --depth 16 --rate 10000"),
    QUIET_10000_CONNECTIONS(
            "echo",
            "echo, 10,000 connections, of which 100 send a message each second, latency as above",
            "--conns 10000 --size 125 --depth 1 --rate 100"),
    QUIET_19000_CONNECTIONS(
            "echo",
            "echo, 19,000 connections, of which 190 send a message each second, latency as above",
            "--conns 19000 --size 125 --depth 1 --rate 190"),
    HANDSHAKES("handshake", "connecting, upgrading and closing, 32 at a time", "--conns 32"),
    MEMORY("idle", "memory of idle connections, each of which has echoed one message", "--size 125"),
    MEMORY_DEFLATE(
            "idle",
            "permessage-deflate, memory of 1,000 idle connections, each of which has echoed 100 KiB of JSON",
            "--conns 1000 --size 1024 --messages 100 --deflate true");

    private static final int SMALL_LIMIT = 8 * 1024;
    private static final int LARGE_LIMIT = 4 * 1024 * 1024;

    private final String mode;
    private final String title;
    private final String load;

    Workload(String mode, String title, String load) {
        this.mode = mode;
        this.title = title;
        this.load = load;
    }

    /** Returns the name used on the command line. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String title() {
        return title;
    }

    /** Returns the mode of the load generator. */
    String mode() {
        return mode;
    }

    /** Returns the options of the load generator. */
    List<String> load() {
        return List.of(load.split(" "));
    }

    /** Returns whether its connections do nothing during the measurement, which is of memory. */
    boolean isIdle() {
        return mode.equals("idle");
    }

    String path() {
        return mode.equals("broadcast") ? "/broadcast" : "/echo";
    }

    /** Returns the smallest sufficient message limit, since Tomcat allocates that much for each connection. */
    int messageLimit() {
        return name().startsWith("ECHO_64K") || name().startsWith("ECHO_1M") ? LARGE_LIMIT : SMALL_LIMIT;
    }

    /** Returns whether the load generator written in C supports this workload. */
    boolean isForWsload() {
        return this != ECHO_UTF8
                && !load.contains("--binary")
                && !load.contains("--silent")
                && !load.contains("--deflate")
                && !isIdle();
    }

    /** Returns the load generator's key for the counted events. */
    String unit() {
        return switch (mode) {
            case "broadcast" -> "deliveries";
            case "handshake" -> "handshakes";
            default -> "msgs";
        };
    }

    /** Returns the counted events in words. */
    String counted() {
        return unit().equals("msgs") ? "messages" : unit();
    }

    /** Returns the metrics to show. The chart uses the first one. */
    List<Metric> metrics() {
        return switch (this) {
            case MEMORY, MEMORY_DEFLATE -> List.of(Metric.HELD, Metric.HEAP, Metric.OUTSIDE, Metric.RSS);
            case LATENCY, QUIET_10000_CONNECTIONS, QUIET_19000_CONNECTIONS ->
                List.of(Metric.P99, Metric.P50, Metric.P999, Metric.PER_SECOND, Metric.PER_CPU_SECOND, Metric.LOAD);
            default ->
                List.of(Metric.PER_CPU_SECOND, Metric.PER_SECOND, Metric.P50, Metric.P99, Metric.P999, Metric.LOAD);
        };
    }
}
