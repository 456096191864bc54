package io.twintrace.websocket;

import io.twintrace.websocket.thread.VirtualThreads;
import io.twintrace.websocket.transport.Deadlines;
import io.twintrace.websocket.transport.Watch;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
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

    /** All platform threads that have taken turns. Guarded by itself; nothing blocks inside. */
    private static final List<Sample> SAMPLES = new ArrayList<>();

    private final long thresholdNanos;
    private final long pauseNanos;
    private final AtomicInteger open = new AtomicInteger();

    private volatile long nextLook = Deadlines.NONE;
    private final Watch watch = new Watch(() -> nextLook, this::look);

    CallSampler(Duration threshold) {
        this.thresholdNanos = Deadlines.nanos(threshold);
        this.pauseNanos = Math.max(SHORTEST_PAUSE_NANOS, thresholdNanos / LOOKS_A_CALL);
    }

    /** What was seen of one thread. Weak, as the thread keeps its turn. */
    private static final class Sample extends WeakReference<Turn> {
        private long calls = -1;
        private long since;
        private boolean told;

        Sample(Turn turn) {
            super(turn);
        }

        /** False when the thread has ended, or has got another turn. */
        boolean look(CallSampler sampler, long now) {
            Turn turn = get();
            if (turn == null) {
                return false;
            }
            long current = turn.calls();
            ListenerCalls owner = turn.owner();
            if (owner == null || owner.sampler() != sampler || turn.calls() != current) {
                return true;
            }
            if (current != calls) {
                calls = current;
                since = now;
                told = false;
            } else if (now - since >= sampler.thresholdNanos) {
                owner.callLasts(turn, current, now - since, !told);
                told = true;
            }
            return true;
        }
    }

    /** A thread has a turn, which it will use again. A virtual thread holds up nobody, and is not looked at. */
    static void add(Turn turn) {
        if (VirtualThreads.isVirtual(turn.thread())) {
            return;
        }
        synchronized (SAMPLES) {
            SAMPLES.removeIf(sample -> sample.get() == null);
            SAMPLES.add(new Sample(turn));
        }
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
        if (open.get() == 0) { // looked at behind that: whoever opens one sees to the next look
            return;
        }
        try {
            lookAtAll(System.nanoTime());
        } finally {
            nextLook = Deadlines.afterNanos(pauseNanos);
            watch.look();
        }
    }

    private void lookAtAll(long now) {
        synchronized (SAMPLES) {
            for (Iterator<Sample> each = SAMPLES.iterator(); each.hasNext(); ) {
                if (!each.next().look(this, now)) {
                    each.remove();
                }
            }
        }
    }
}
