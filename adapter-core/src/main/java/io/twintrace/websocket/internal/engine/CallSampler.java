package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.VirtualThreads;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds calls of non-blocking listeners that take too long. While any such connection is open, this checks from time to
 * time what the threads in turns are doing. A call only counts itself for this, so it costs nothing. Any thread may
 * call these methods.
 */
final class CallSampler {
    private static final int LOOKS_PER_THRESHOLD = 4;
    private static final long MIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /**
     * The turns of all platform threads that have taken one. Guarded by itself, only for moments, because a new
     * thread's turn needs the guard.
     */
    private static final List<Sample> SAMPLES = new ArrayList<>();

    private final long thresholdNanos;
    private final long pauseNanos;
    private final AtomicInteger open = new AtomicInteger();

    private volatile long nextLook = Deadlines.NONE;
    private final DeadlineTimer timer = DeadlineTimer.of(() -> nextLook, this::look);

    CallSampler(Duration threshold) {
        this.thresholdNanos = Deadlines.nanos(threshold);
        this.pauseNanos = Math.max(MIN_PAUSE_NANOS, thresholdNanos / LOOKS_PER_THRESHOLD);
    }

    /** A call that takes too long. */
    private record LongCall(ListenerTurn.Owner owner, ListenerTurn turn, long call, long nanos, boolean isNew) {
        void report() {
            try {
                owner.callLasts(turn, call, nanos, isNew);
            } catch (Throwable t) {
                // No memory or no thread for the log. The next look tries again. This look must go on to other calls.
            }
        }
    }

    /**
     * What the last look saw of one thread. Both this and the thread hold the turn weakly. If the turn is collected,
     * the thread creates another one.
     */
    private static final class Sample extends WeakReference<ListenerTurn> {
        private long calls = -1;
        private long since;
        private boolean told;

        Sample(ListenerTurn turn) {
            super(turn);
        }

        void look(CallSampler sampler, long now, List<LongCall> found) {
            ListenerTurn turn = get();
            if (turn == null) {
                return;
            }
            long current = turn.calls();
            ListenerTurn.Owner owner = turn.owner();
            if (owner == null || owner.sampler() != sampler || turn.calls() != current) {
                return;
            }
            if (current != calls) {
                calls = current;
                since = now;
                told = false;
            } else if (now - since >= sampler.thresholdNanos) {
                found.add(new LongCall(owner, turn, current, now - since, !told));
                told = true; // even if it cannot be logged now: it is one call
            }
        }
    }

    /**
     * Adds the turn that a thread uses from now on. Ignores a virtual thread, because no other connection waits for it.
     */
    static void add(ListenerTurn turn) {
        if (VirtualThreads.isVirtual(turn.thread())) {
            return;
        }
        Sample added = new Sample(turn);
        synchronized (SAMPLES) {
            removeEnded();
            SAMPLES.add(added);
        }
    }

    /** Removes turns whose thread has ended or has created another one. */
    private static void removeEnded() {
        SAMPLES.removeIf(sample -> sample.get() == null);
    }

    /** Returns the duration from which calls are reported. */
    Duration threshold() {
        return Duration.ofNanos(thresholdNanos);
    }

    /** Notes that a connection was opened. */
    void opened() {
        if (open.incrementAndGet() == 1) {
            nextLook = Deadlines.afterNanos(pauseNanos);
            timer.look();
        }
    }

    /** Notes that a connection has ended. */
    void closed() {
        open.decrementAndGet();
    }

    private void look() {
        nextLook = Deadlines.NONE;
        if (open.get() == 0) { // read after the line above, because an opened() that is missed here sets nextLook again
            return;
        }
        try {
            lookAtAll(System.nanoTime()).forEach(LongCall::report);
        } finally {
            nextLook = Deadlines.afterNanos(pauseNanos);
            timer.look();
        }
    }

    private List<LongCall> lookAtAll(long now) {
        List<LongCall> found = new ArrayList<>();
        synchronized (SAMPLES) {
            removeEnded();
            for (Sample each : SAMPLES) {
                each.look(this, now, found);
            }
        }
        return found;
    }
}
