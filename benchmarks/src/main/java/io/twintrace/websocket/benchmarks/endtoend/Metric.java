package io.twintrace.websocket.benchmarks.endtoend;

/** What is measured, and how it is headed. */
enum Metric {
    PER_SECOND("a second", false),
    PER_CPU_SECOND("a CPU second", false),
    P50("p50 us", true),
    P99("p99 us", true),
    P999("p99.9 us", true),
    /** How busy the load generator was: near 100, it is what limits the figures for each second. */
    LOAD("load %", true),
    HEAP("heap B", true),
    OUTSIDE("outside B", true),
    HELD("held B", true),
    RSS("RSS B", true);

    private final String heading;
    private final boolean lessIsBetter;

    Metric(String heading, boolean lessIsBetter) {
        this.heading = heading;
        this.lessIsBetter = lessIsBetter;
    }

    String heading() {
        return heading;
    }

    boolean lessIsBetter() {
        return lessIsBetter;
    }
}
