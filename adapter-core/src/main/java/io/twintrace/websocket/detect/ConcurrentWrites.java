package io.twintrace.websocket.detect;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/**
 * All conflicts of this copy of the library: how many there were, the last ones, and who wants to be told. Each web
 * application that brings the jar along has a copy of its own. Safe for any thread.
 */
public final class ConcurrentWrites {
    private static final int MOST_KEPT = 16;

    private static final LongAdder DETECTED = new LongAdder();
    private static final LongAdder FAILED_LATER = new LongAdder();
    private static final CopyOnWriteArrayList<ConcurrentWriteListener> LISTENERS = new CopyOnWriteArrayList<>();

    // Guarded by itself; nothing blocks inside.
    private static final ArrayDeque<ConcurrentWriteReport> LAST = new ArrayDeque<>();

    private ConcurrentWrites() {}

    /** {@return how many conflicts there were: at most one for each connection} */
    public static long detected() {
        return DETECTED.sum();
    }

    /** {@return how many writes failed only because there had been a conflict on their connection before} */
    public static long failedLater() {
        return FAILED_LATER.sum();
    }

    /** {@return the last reports, at most 16, the newest at the end} */
    public static List<ConcurrentWriteReport> lastReports() {
        synchronized (LAST) {
            return List.copyOf(LAST);
        }
    }

    /**
     * Has a listener told of each conflict on any connection.
     *
     * @param listener kept until it is removed
     */
    public static void addListener(ConcurrentWriteListener listener) {
        LISTENERS.addIfAbsent(listener);
    }

    /**
     * Removes a listener.
     *
     * @param listener may be one that was never added
     */
    public static void removeListener(ConcurrentWriteListener listener) {
        LISTENERS.remove(listener);
    }

    static void countFailedLater() {
        FAILED_LATER.increment();
    }

    /** Counts and keeps a report, tells everybody, and adds what they throw to {@code suppressing}. */
    static void detected(ConcurrentWriteReport report, ConcurrentWriteListener first, Throwable suppressing) {
        DETECTED.increment();
        synchronized (LAST) {
            if (LAST.size() == MOST_KEPT) {
                LAST.removeFirst();
            }
            LAST.addLast(report);
        }
        tell(first, report, suppressing);
        LISTENERS.forEach(listener -> tell(listener, report, suppressing));
        try {
            ConcurrentWriteEvent.record(report);
        } catch (LinkageError e) {
            // A runtime image without the module jdk.jfr has no recorder to tell.
        } catch (Throwable t) {
            suppressing.addSuppressed(t);
        }
    }

    /** Nothing may come between the two threads and their exceptions. */
    private static void tell(ConcurrentWriteListener listener, ConcurrentWriteReport report, Throwable suppressing) {
        try {
            listener.onConcurrentWrite(report);
        } catch (Throwable t) {
            suppressing.addSuppressed(t);
        }
    }
}
