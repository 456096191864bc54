package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.locks.LockSupport;

/**
 * Where one thread waits for an event that another thread announces, until a deadline that may move meanwhile. Waiting
 * is parking, so that a virtual thread gives its carrier away, and opening is an unpark, which any selector thread can
 * afford.
 */
public final class Gate {
    private final String waitingFor;

    private volatile boolean open;
    private volatile boolean closed;
    private volatile long deadline = Deadlines.NONE;
    private volatile Thread waiter;

    /**
     * Wakes the waiting thread at the deadline. Parking for a time would do that too, at the price of a timer that is
     * set and stopped for each wait, where most waits are short and most deadlines far away. Null until there is
     * something to wait for.
     */
    private volatile DeadlineTimer watch;

    /**
     * A gate that is shut.
     *
     * @param waitingFor what a timeout says was waited for
     */
    public Gate(String waitingFor) {
        this.waitingFor = waitingFor;
    }

    /** Lets the waiting thread, or else the next one to come, pass once. */
    public void open() {
        open = true;
        wake();
    }

    /** Lets nobody pass any more: waiting ends with an exception. */
    public void close() {
        closed = true;
        endWatch();
        wake();
    }

    private void endWatch() {
        DeadlineTimer current = watch;
        if (current != null) {
            current.end();
        }
    }

    private void wake() {
        LockSupport.unpark(waiter);
    }

    /** Moves the deadline, also of a thread that is waiting. */
    public void deadline(long newDeadline) {
        deadline = newDeadline;
        if (waiter != null) {
            wake();
        }
    }

    /** Whether a thread is waiting. */
    public boolean hasWaiter() {
        return waiter != null;
    }

    /**
     * Waits for the gate to open, and shuts it behind the caller.
     *
     * @throws SocketTimeoutException at the deadline
     * @throws AsynchronousCloseException once closed
     * @throws InterruptedIOException when the thread is interrupted; the interrupt stays set
     */
    public void await() throws IOException {
        waiter = Thread.currentThread();
        try {
            while (!open) {
                long until = deadline;
                watch(until);
                // Looked at after watching, which may wait for a lock, and so use up what was to wake this thread here.
                if (!open && deadline == until) {
                    check(until);
                    LockSupport.park(this);
                }
            }
            open = false;
        } finally {
            waiter = null;
        }
    }

    private void watch(long until) {
        if (until != Deadlines.NONE) {
            if (watch == null) {
                watch = new DeadlineTimer(() -> deadline, this::wake);
            }
            watch.look();
        }
    }

    private void check(long until) throws IOException {
        if (closed) {
            endWatch(); // which may have begun since
            throw new AsynchronousCloseException();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting " + waitingFor);
        }
        if (Deadlines.remaining(until) <= 0) {
            throw new SocketTimeoutException("timed out waiting " + waitingFor);
        }
    }
}
