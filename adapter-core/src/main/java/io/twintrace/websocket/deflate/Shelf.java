package io.twintrace.websocket.deflate;

import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Things with native memory that are used again, one sort of them. Safe for any thread. */
final class Shelf<T extends Shelf.Native> {
    private final Supplier<T> maker;

    /** The one that was used last comes first: its memory is the warmest. */
    private final LinkedBlockingDeque<T> resting;

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
        this.resting = new LinkedBlockingDeque<>(mostAtRest);
    }

    T acquire() {
        T thing = resting.pollFirst();
        if (thing == null) {
            thing = maker.get();
        }
        lent.incrementAndGet();
        return thing;
    }

    void release(T thing) {
        thing.reset();
        lent.decrementAndGet();
        if (!resting.offerFirst(thing)) {
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
