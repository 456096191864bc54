package io.twintrace.websocket.deflate;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Things with native memory that are used again, one sort of them. Safe for any thread. */
final class Shelf<T extends Shelf.Native> {
    private final Supplier<T> maker;
    private final ArrayBlockingQueue<T> resting;
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
        this.resting = new ArrayBlockingQueue<>(mostAtRest);
    }

    T acquire() {
        T thing = resting.poll();
        if (thing == null) {
            thing = maker.get();
        }
        lent.incrementAndGet();
        return thing;
    }

    void release(T thing) {
        thing.reset();
        lent.decrementAndGet();
        if (!resting.offer(thing)) {
            thing.end();
        }
    }

    void endResting() {
        for (T thing; (thing = resting.poll()) != null; ) {
            thing.end();
        }
    }

    int lent() {
        return lent.get();
    }

    int resting() {
        return resting.size();
    }
}
