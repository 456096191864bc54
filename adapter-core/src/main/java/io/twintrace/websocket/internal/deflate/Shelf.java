package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.internal.io.BoundedStack;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Objects of one kind that own native memory, kept for reuse. Safe for use by any thread. */
final class Shelf<T extends Shelf.Native> {
    private final Supplier<T> maker;
    private final BoundedStack<T> resting;
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
        this.resting = new BoundedStack<>(maxAtRest);
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
        if (!resting.push(thing)) {
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
