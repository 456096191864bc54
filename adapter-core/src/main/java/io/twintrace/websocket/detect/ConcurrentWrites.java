package io.twintrace.websocket.detect;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts all conflicts of this copy of the library, keeps the latest reports, and notifies listeners. Each web
 * application that contains the jar has its own copy. Safe for use by any thread.
 */
public final class ConcurrentWrites {
    private static final int MAX_KEPT = 16;

    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private static final LongAdder DETECTED = new LongAdder();
    private static final LongAdder FAILED_LATER = new LongAdder();
    private static final CopyOnWriteArrayList<ConcurrentWriteListener> LISTENERS = new CopyOnWriteArrayList<>();

    /** The threads that have found a conflict, and of which the log and the listeners do not know it yet. */
    private static final AtomicInteger REPORTING = new AtomicInteger();

    // Guarded by itself; nothing blocks inside.
    private static final ArrayDeque<ConcurrentWriteReport> LAST = new ArrayDeque<>();

    private ConcurrentWrites() {}

    /** {@return the number of conflicts; at most one for each connection} */
    public static long detected() {
        return DETECTED.sum();
    }

    /** {@return the number of writes that failed only because of an earlier conflict on their connection} */
    public static long failedLater() {
        return FAILED_LATER.sum();
    }

    /** {@return the latest reports, at most 16, the newest last} */
    public static List<ConcurrentWriteReport> lastReports() {
        synchronized (LAST) {
            return List.copyOf(LAST);
        }
    }

    /**
     * Adds a listener for conflicts on all connections.
     *
     * @param listener kept until it is removed
     */
    public static void addListener(ConcurrentWriteListener listener) {
        LISTENERS.addIfAbsent(listener);
    }

    /**
     * Removes a listener.
     *
     * @param listener has no effect if it was never added
     */
    public static void removeListener(ConcurrentWriteListener listener) {
        LISTENERS.remove(listener);
    }

    /**
     * Waits until the log and all listeners know of every conflict so far. The first thread of a conflict may go on
     * before they do, because the second one reports it. For tests that look at reports. An interrupt does not end the
     * wait, and is kept.
     *
     * @param longest the longest time to wait, for example for a listener that does not return
     */
    public static void awaitReports(Duration longest) {
        long begin = System.nanoTime();
        boolean interrupted = false;
        while (REPORTING.get() > 0 && System.nanoTime() - begin < longest.toNanos()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            interrupted |= Thread.interrupted(); // else it would not park any more
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Called before a conflict can fail a thread. {@link #reportEnds} must follow. */
    static void reportBegins() {
        REPORTING.incrementAndGet();
    }

    static void reportEnds() {
        REPORTING.decrementAndGet();
    }

    static void countFailedLater() {
        FAILED_LATER.increment();
    }

    /** Counts and keeps a report, calls all listeners, and adds their exceptions to {@code suppressing}. */
    static void detected(ConcurrentWriteReport report, ConcurrentWriteListener first, Throwable suppressing) {
        DETECTED.increment();
        synchronized (LAST) {
            if (LAST.size() == MAX_KEPT) {
                LAST.removeFirst();
            }
            LAST.addLast(report);
        }
        inform(first, report, suppressing);
        LISTENERS.forEach(listener -> inform(listener, report, suppressing));
        try {
            ConcurrentWriteEvent.record(report);
        } catch (LinkageError e) {
            // A runtime image without the module jdk.jfr has no recorder.
        } catch (Throwable t) {
            suppressing.addSuppressed(t);
        }
    }

    /** Catches everything, because both threads must get their exceptions. */
    private static void inform(ConcurrentWriteListener listener, ConcurrentWriteReport report, Throwable suppressing) {
        try {
            listener.onConcurrentWrite(report);
        } catch (Throwable t) {
            suppressing.addSuppressed(t);
        }
    }
}
