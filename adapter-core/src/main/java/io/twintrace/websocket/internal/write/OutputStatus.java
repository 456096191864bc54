package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.internal.io.Deadlines;
import java.io.IOException;
import java.net.SocketTimeoutException;

/**
 * What any thread may ask about the bytes of an {@link Output} that are pending, and how a thread waits for them, without
 * the lock. This part of the output is a superclass and not an object, because each connection has one.
 */
abstract class OutputStatus implements PendingStatus {
    private final long pendingLimit;

    // Written by the output under the lock, except the failure, which also a thread writes that cannot have the lock.

    /** Null while no bytes are pending. */
    volatile PendingWrites pending;

    volatile long lastTaken = System.nanoTime();

    /** Why writing has ended; null while it has not. */
    volatile IOException failure;

    /** @param pendingLimit see {@link #admit} */
    OutputStatus(long pendingLimit) {
        this.pendingLimit = pendingLimit;
    }

    @Override
    public boolean hasPending() {
        return pending != null;
    }

    /** Returns whether this many bytes or more are pending and were not yet given to the transport. */
    boolean hasPending(int atLeast) {
        PendingWrites current = pending;
        return current != null && current.size() >= atLeast;
    }

    @Override
    public long deadline() {
        PendingWrites current = pending;
        return current == null ? Deadlines.NONE : current.deadline();
    }

    @Override
    public long lastTaken() {
        return lastTaken;
    }

    /** Returns whether bytes have been pending for so long, and the peer has taken none of them in that time. */
    boolean isStuckFor(long nanos) {
        PendingWrites current = pending;
        long now = System.nanoTime();
        return current != null && now - current.begun() >= nanos && now - lastTaken >= nanos;
    }

    /**
     * Refuses a message if too much is pending and the calling thread may not wait.
     *
     * @throws PendingWritesException then
     */
    void admit() throws PendingWritesException {
        PendingWrites current = pending;
        long size = current == null ? 0 : current.size();
        if (size >= pendingLimit && !WriteBatch.mayWait()) {
            throw new PendingWritesException(size, pendingLimit);
        }
    }

    /** Returns the bytes that are pending; null if there are none. */
    PendingWrites pendingWrites() {
        return pending;
    }

    /**
     * Waits until no bytes are pending, if the calling thread may wait.
     *
     * @throws SocketTimeoutException at the deadline
     */
    void awaitWritten(long until) throws IOException {
        awaitWritten(pending, until);
    }

    /** Waits like {@link #awaitWritten(long)} for these bytes; for none if null. */
    void awaitWritten(PendingWrites awaited, long until) throws IOException {
        if ((awaited == null && failure == null) || !WriteBatch.mayWait()) {
            return; // the usual case first
        }
        if (awaited != null) {
            awaited.awaitEnd(until);
        }
        if (failure instanceof SocketTimeoutException) {
            throw (IOException) PendingWrites.timeout().initCause(failure);
        }
        if (failure != null) {
            throw new IOException("writing to the peer failed", failure);
        }
    }
}
