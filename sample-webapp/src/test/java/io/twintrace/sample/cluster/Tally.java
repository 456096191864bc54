package io.twintrace.sample.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What the fleet has seen. The loop's thread counts; any thread reads. */
final class Tally {
    private static final int MAX_FAILURES = 20;

    final AtomicLong deliveries = new AtomicLong();
    final AtomicLong synced = new AtomicLong();
    final AtomicLong returns = new AtomicLong();
    final AtomicLong complete = new AtomicLong();

    /** From the end of a connection to the answer on the next one. */
    final AtomicLong longestAwayNanos = new AtomicLong();

    private final Map<String, AtomicLong> endings = new ConcurrentSkipListMap<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    void ended(Ending ending) {
        endings.computeIfAbsent(ending.what(), unused -> new AtomicLong()).incrementAndGet();
    }

    void failed(String what) {
        if (failures.size() < MAX_FAILURES) {
            failures.add(what);
        }
    }

    /** {@return the first failures} */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** {@return how many connections have ended, by reason} */
    Map<String, AtomicLong> endings() {
        return endings;
    }

    @Override
    public String toString() {
        return deliveries + " deliveries, " + returns + " returns, longest away " + longestAwayNanos.get() / 1_000_000
                + " ms, ended " + endings;
    }
}
