package io.twintrace.websocket.internal.deflate;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Inflaters and deflaters that all connections of one {@code WebSocketOptions} share. They own native memory, so the
 * pool frees it at certain points: when more than a fixed number are unused, and when the last connection that uses
 * compression has ended. Safe for use by any thread.
 */
public final class DeflatePool {
    private final Shelf<PooledInflater> inflaters;
    private final Shelf<PooledDeflater> deflaters;
    private final AtomicInteger users = new AtomicInteger();

    /** @param maxAtRest how many unused inflaters to keep, and how many unused deflaters */
    public DeflatePool(int maxAtRest) {
        this.inflaters = new Shelf<>(PooledInflater::new, maxAtRest);
        this.deflaters = new Shelf<>(PooledDeflater::new, maxAtRest);
    }

    /** Counts a new connection that uses compression. */
    public void join() {
        users.incrementAndGet();
    }

    /** Counts the end of such a connection. Calls for it may still be in progress. */
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

    void release(PooledInflater inflater) {
        inflaters.release(inflater);
        endUnlessUsed();
    }

    void release(PooledDeflater deflater) {
        deflaters.release(deflater);
        endUnlessUsed();
    }

    /** Called after each release as well, since a thread may return after its connection has left. */
    private void endUnlessUsed() {
        if (users.get() == 0) {
            inflaters.endResting();
            deflaters.endResting();
        }
    }

    /** Returns the number in use at the moment, of both kinds. */
    public int lent() {
        return inflaters.lent() + deflaters.lent();
    }

    /** Returns the number of unused ones, of both kinds. */
    public int resting() {
        return inflaters.resting() + deflaters.resting();
    }
}
