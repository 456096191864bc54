package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Errors of connections that are over, which the log could not take, mostly for want of memory. They are tried again
 * every second. Needs no memory to take one more. Any thread.
 */
final class UnloggedErrors {
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Linked by {@link ListenerCalls#nextUnlogged}. */
    private static final AtomicReference<ListenerCalls> FIRST = new AtomicReference<>();

    private static volatile long due = Deadlines.NONE;

    private static final DeadlineTimer WATCH = new DeadlineTimer(() -> due, UnloggedErrors::tryAgain);

    private UnloggedErrors() {}

    static void add(ListenerCalls calls) {
        do {
            calls.nextUnlogged = FIRST.get();
        } while (!FIRST.compareAndSet(calls.nextUnlogged, calls));
        due = Deadlines.afterNanos(AGAIN_NANOS);
        try {
            WATCH.look();
        } catch (OutOfMemoryError e) {
            // There is not even a timer: the next connection starts it.
        }
    }

    /** A connection begins, so that there may be memory again. Costs a look. */
    static void lookAgain() {
        if (FIRST.get() != null) {
            tryAgain();
        }
    }

    private static void tryAgain() {
        due = Deadlines.NONE;
        ListenerCalls each = FIRST.getAndSet(null);
        while (each != null) {
            ListenerCalls next = each.nextUnlogged;
            each.nextUnlogged = null;
            each.logElsewhere();
            each = next;
        }
    }
}
