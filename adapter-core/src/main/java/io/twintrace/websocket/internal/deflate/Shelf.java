package io.twintrace.websocket.internal.deflate;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Things with native memory that are used again, one sort of them. Safe for any thread. */
final class Shelf<T extends Shelf.Native> {
    private final Supplier<T> maker;
    private final int mostAtRest;
    private final ReentrantLock lock = new ReentrantLock();

    /** The one that was used last comes first: its memory is the warmest. Guarded by lock. */
    private final ArrayDeque<T> resting = new ArrayDeque<>();

    private final AtomicInteger lent = new AtomicInteger();

    /** What a shelf can hold. */
    interface Native {
        /** As new. */
        void reset();

        /** Gives the native memory back. */
        void end();
    }

    Shelf(Supplier<T> maker, int mostAtRest) {
        this.maker = maker;
        this.mostAtRest = mostAtRest;
    }

    T acquire() {
        T thing = poll();
        if (thing == null) {
            thing = maker.get();
        }
        lent.incrementAndGet();
        return thing;
    }

    void release(T thing) {
        thing.reset();
        lent.decrementAndGet();
        if (!push(thing)) {
            thing.end();
        }
    }

    private T poll() {
        lock.lock();
        try {
            return resting.poll();
        } finally {
            lock.unlock();
        }
    }

    private boolean push(T thing) {
        lock.lock();
        try {
            if (resting.size() >= mostAtRest) {
                return false;
            }
            resting.push(thing);
            return true;
        } finally {
            lock.unlock();
        }
    }

    void endResting() {
        for (T thing; (thing = poll()) != null; ) {
            thing.end();
        }
    }

    int lent() {
        return lent.get();
    }

    int resting() {
        lock.lock();
        try {
            return resting.size();
        } finally {
            lock.unlock();
        }
    }
}
