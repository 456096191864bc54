package io.twintrace.websocket.internal.deflate;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Objects of one kind that own native memory, kept for reuse. Safe for use by any thread. */
final class Shelf<T extends Shelf.Native> {
    private final Supplier<T> maker;
    private final int maxAtRest;
    private final ReentrantLock lock = new ReentrantLock();

    /** The last one used comes first, since its memory is most likely in a cache. Guarded by lock. */
    private final ArrayDeque<T> resting = new ArrayDeque<>();

    private final AtomicInteger lent = new AtomicInteger();

    /** An object that a shelf can hold. */
    interface Native {
        /** Resets it to its initial state. */
        void reset();

        /** Frees the native memory. */
        void end();
    }

    Shelf(Supplier<T> maker, int maxAtRest) {
        this.maker = maker;
        this.maxAtRest = maxAtRest;
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
            if (resting.size() >= maxAtRest) {
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
