package io.twintrace.websocket.internal.io;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Unused objects, a fixed number at most. A thread most likely gets the one that it gave back last, which is still in its
 * processor's cache. Any thread may call these methods.
 *
 * <p>Threads take an object and give it back for each message. To keep them from contending, a thread gives it back to a
 * place that it shares with few others. Only the object that this displaces goes to the common stack.
 */
public final class Spares<T> {
    private static final int MAX_AT_HAND =
            Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors());

    /** At most one in this many objects may be at hand, where other threads do not find it. */
    private static final int AT_HAND_FRACTION = 8;

    /** The number of references in a cache line. Threads that share a line contend for it. */
    private static final int STRIDE = 16;

    /** The number of places, a power of two, minus one. */
    private final int placeMask;

    private final AtomicReferenceArray<T> atHand;
    private final BoundedStack<T> resting;

    /** @param max the number of objects to keep, at least one */
    public Spares(int max) {
        int places = Math.min(MAX_AT_HAND, Integer.highestOneBit(Math.max(1, max / AT_HAND_FRACTION)));
        this.placeMask = places - 1;
        this.atHand = new AtomicReferenceArray<>((places + 1) * STRIDE); // the first stride lies beside the length
        this.resting = new BoundedStack<>(Math.max(0, max - places));
    }

    /** Takes an object; null if there is none within reach. */
    public T take() {
        T object = atHand.getAndSet(place(), null);
        return object != null ? object : resting.poll();
    }

    /** Gives an object back, or drops another one if there are enough. The caller must not touch it again. */
    public void giveBack(T object) {
        T displaced = atHand.getAndSet(place(), object);
        if (displaced != null) {
            boolean unused = resting.push(displaced); // a full stack drops it
        }
    }

    private int place() {
        return (((int) Thread.currentThread().getId() & placeMask) + 1) * STRIDE;
    }
}
