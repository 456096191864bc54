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
 * Finds calls of non-blocking listeners that take too long: looks from time to time at what the threads in turns are
 * doing, as long as any such connection is open. A call does nothing for that but count, so it costs nothing. Any
 * thread.
 */
final class CallSampler {
    private static final int LOOKS_A_CALL = 4;
    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** All platform threads that have taken turns. Guarded by itself, for moments only: a new thread's turn needs it. */
    private static final List<Sample> SAMPLES = new ArrayList<>();

    private final long thresholdNanos;
    private final long pauseNanos;
    private final AtomicInteger open = new AtomicInteger();

    private volatile long nextLook = Deadlines.NONE;
    private final DeadlineTimer watch = new DeadlineTimer(() -> nextLook, this::look);

    CallSampler(Duration threshold) {
        this.thresholdNanos = Deadlines.nanos(threshold);
        this.pauseNanos = Math.max(SHORTEST_PAUSE_NANOS, thresholdNanos / LOOKS_A_CALL);
    }

    /** A call that takes too long, found at a look. */
    private record LongCall(ListenerCalls owner, WriteBatch turn, long call, long nanos, boolean isNew) {
        void report() {
            try {
                owner.callLasts(turn, call, nanos, isNew);
            } catch (Throwable t) {
                // No memory or no thread for the log. The next look tries again; it must look at other calls too.
            }
        }
    }

    /** What was seen of one thread. Its turn is held weakly, here as by the thread, which makes another one then. */
    private static final class Sample extends WeakReference<WriteBatch> {
        private long calls = -1;
        private long since;
        private boolean told;

        Sample(WriteBatch turn) {
            super(turn);
        }

        void look(CallSampler sampler, long now, List<LongCall> found) {
            WriteBatch turn = get();
            if (turn == null) {
                return;
            }
            long current = turn.calls();
            ListenerCalls owner = turn.owner();
            if (owner == null || owner.sampler() != sampler || turn.calls() != current) {
                return;
            }
            if (current != calls) {
                calls = current;
                since = now;
                told = false;
            } else if (now - since >= sampler.thresholdNanos) {
                found.add(new LongCall(owner, turn, current, now - since, !told));
                told = true; // whether or not the log can be told now: it is one call
            }
        }
    }

    /** A thread has a turn, which it will use again. A virtual thread holds up nobody, and is not looked at. */
    static void add(WriteBatch turn) {
        if (VirtualThreads.isVirtual(turn.thread())) {
            return;
        }
        Sample added = new Sample(turn);
        synchronized (SAMPLES) {
            removeEnded();
            SAMPLES.add(added);
        }
    }

    /** Turns whose thread has ended, or has made another one. */
    private static void removeEnded() {
        SAMPLES.removeIf(sample -> sample.get() == null);
    }

    /** Calls that take at least as long are told of. */
    Duration threshold() {
        return Duration.ofNanos(thresholdNanos);
    }

    /** A connection has been opened. */
    void opened() {
        if (open.incrementAndGet() == 1) {
            nextLook = Deadlines.afterNanos(pauseNanos);
            watch.look();
        }
    }

    /** A connection has ended. */
    void closed() {
        open.decrementAndGet();
    }

    private void look() {
        nextLook = Deadlines.NONE;
        if (open.get() == 0) { // read after that line: opened() has set the next look, or sets it now
            return;
        }
        try {
            lookAtAll(System.nanoTime()).forEach(LongCall::report);
        } finally {
            nextLook = Deadlines.afterNanos(pauseNanos);
            watch.look();
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
