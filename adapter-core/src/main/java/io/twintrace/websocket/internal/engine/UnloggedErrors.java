package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Holds errors of ended connections that the log could not take, mostly because there was no memory. Tries to log them
 * again every second. Adding an error needs no memory. Any thread may call these methods.
 */
final class UnloggedErrors {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Something that has an error to log. Extend this, so that no memory is needed to remember it. */
    abstract static class Entry {
        /** The next entry in the list, for this class alone. */
        private Entry next;

        /** Tries again, on a thread that may be blocked. */
        abstract void logElsewhere();
    }

    private static final AtomicReference<Entry> FIRST = new AtomicReference<>();

    private static volatile long due = Deadlines.NONE;

    private static final DeadlineTimer TIMER = DeadlineTimer.of(() -> due, UnloggedErrors::tryAgain);

    private UnloggedErrors() {}

    static void add(Entry entry) {
        do {
            entry.next = FIRST.get();
        } while (!FIRST.compareAndSet(entry.next, entry));
        due = Deadlines.afterNanos(AGAIN_NANOS);
        try {
            TIMER.look();
        } catch (OutOfMemoryError e) {
            // There is no memory for the timer either. The next connection starts it.
        }
    }

    /** Tries again when a connection begins, because there may be memory again. Costs one read if there is no error. */
    static void lookAgain() {
        if (FIRST.get() != null) {
            tryAgain();
        }
    }

    private static void tryAgain() {
        due = Deadlines.NONE;
        Entry each = FIRST.getAndSet(null);
        while (each != null) {
            Entry next = each.next;
            each.next = null;
            each.logElsewhere();
            each = next;
        }
    }
}
