package io.twintrace.sample.cluster;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Where a client connects next, and when: another address each time, after a random pause that grows. */
final class Route {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_DOUBLINGS = 10;

    private final List<InetSocketAddress> addresses;

    /** When each address may be tried again, as it has asked for. */
    private final long[] notBefore;

    private int current;
    private int failures;

    Route(List<InetSocketAddress> addresses, int first) {
        this.addresses = addresses;
        this.current = first % addresses.size();
        this.notBefore = new long[addresses.size()];
        Arrays.fill(notBefore, System.nanoTime());
    }

    InetSocketAddress address() {
        return addresses.get(current);
    }

    void succeeded() {
        failures = 0;
    }

    /** Goes on to the next address. Returns how long to wait. */
    long failed(Ending ending) {
        long now = System.nanoTime();
        long most = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(failures++, MAX_DOUBLINGS));
        long pause = ThreadLocalRandom.current().nextLong(most);
        notBefore[current] = now + TimeUnit.SECONDS.toNanos(ending.retryAfterSeconds());
        current = (current + 1) % addresses.size();
        return pause + Math.max(0, notBefore[current] - now);
    }
}
