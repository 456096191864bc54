package io.twintrace.websocket.benchmarks.endtoend;

/** The metrics and their headings. */
enum Metric {
    PER_SECOND("a second", "%s a second", false),
    PER_CPU_SECOND("a CPU second", "%s a CPU second of the server", false),
    P50("p50 us", "median time in microseconds", true),
    P99("p99 us", "99th percentile of the time in microseconds", true),
    P999("p99.9 us", "99.9th percentile of the time in microseconds", true),
    /** How busy the load generator was. Near 100, the generator limits the figures for each second. */
    LOAD("load %", "CPU of the load generator in percent", true),
    HEAP("heap B", "bytes of heap for each connection", true),
    OUTSIDE("outside B", "bytes outside the heap for each connection", true),
    HELD("held B", "bytes in the heap and outside for each connection", true),
    RSS("RSS B", "bytes of resident memory for each connection", true);

    private final String heading;
    private final String inWords;
    private final boolean lessIsBetter;

    Metric(String heading, String inWords, boolean lessIsBetter) {
        this.heading = heading;
        this.inWords = inWords;
        this.lessIsBetter = lessIsBetter;
    }

    /** Returns the heading of a column. */
    String heading() {
        return heading;
    }

    /** Returns the title, with a placeholder for the unit of counting. */
    String inWords() {
        return inWords;
    }

    boolean lessIsBetter() {
        return lessIsBetter;
    }
}
