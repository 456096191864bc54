package io.twintrace.websocket.internal.deflate;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Inflaters and deflaters, shared by all connections of one {@code WebSocketOptions}. They own native memory, so the
 * point at which it is given back is certain: when more than a fixed number rest, and when the last connection that
 * uses compression has ended. Safe for any thread.
 */
public final class DeflatePool {
    private final Shelf<PooledInflater> inflaters;
    private final Shelf<PooledDeflater> deflaters;
    private final int mostContexts;
    private final AtomicInteger users = new AtomicInteger();

    /**
     * @param mostAtRest how many unused inflaters are kept, and how many deflaters
     * @param mostContexts so many deflaters may stay with their connections between messages
     */
    public DeflatePool(int mostAtRest, int mostContexts) {
        this.mostContexts = mostContexts;
        this.inflaters = new Shelf<>(PooledInflater::new, mostAtRest);
        this.deflaters = new Shelf<>(PooledDeflater::new, mostAtRest);
    }

    /** A connection that compresses has begun. */
    public void join() {
        users.incrementAndGet();
    }

    /** It has ended, or will within the calls that are in progress. */
    public void leave() {
        users.decrementAndGet();
        endUnlessUsed();
    }

    PooledInflater acquireInflater() {
        return inflaters.acquire();
    }

    PooledDeflater acquireDeflater() {
        return deflaters.acquire();
    }

    /** Whether so many deflaters are lent that one whose message is over should come back. */
    boolean isCrowded() {
        return deflaters.lent() > mostContexts;
    }

    void release(PooledInflater inflater) {
        inflaters.release(inflater);
        endUnlessUsed();
    }

    void release(PooledDeflater deflater) {
        deflaters.release(deflater);
        endUnlessUsed();
    }

    /** Looked at after each release as well, since a thread may come back after its connection has left. */
    private void endUnlessUsed() {
        if (users.get() == 0) {
            inflaters.endResting();
            deflaters.endResting();
        }
    }

    /** How many are in use at the moment, of both sorts. */
    public int lent() {
        return inflaters.lent() + deflaters.lent();
    }

    /** How many are kept for later, of both sorts. */
    public int resting() {
        return inflaters.resting() + deflaters.resting();
    }
}
