package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes one thread wait for an event that another thread announces, until a deadline that may move meanwhile. The
 * waiting thread parks, so a virtual thread frees its carrier. Opening only unparks, which any selector thread can
 * afford.
 */
public final class Gate {
    private final String waitingFor;

    private volatile boolean open;
    private volatile boolean closed;
    private volatile long deadline = Deadlines.NONE;
    private volatile Thread waiter;

    /**
     * Wakes the waiting thread at the deadline. A timed park would do that too, but would set and stop a timer for each
     * wait, while most waits are short and most deadlines far away. Null until the first wait that has a deadline.
     */
    private volatile DeadlineTimer timer;

    /**
     * Creates a gate that is not open.
     *
     * @param waitingFor what a timeout's message says the thread waited for
     */
    public Gate(String waitingFor) {
        this.waitingFor = waitingFor;
    }

    /** Lets the waiting thread pass once. If none is waiting, the next one passes. */
    public void open() {
        open = true;
        wake();
    }

    /** Ends the gate: every wait, now and later, ends with an exception. */
    public void close() {
        closed = true;
        endTimer();
        wake();
    }

    private void endTimer() {
        DeadlineTimer current = timer;
        if (current != null) {
            current.end();
        }
    }

    private void wake() {
        LockSupport.unpark(waiter);
    }

    /** Moves the deadline. A thread that is waiting takes it over. */
    public void deadline(long newDeadline) {
        deadline = newDeadline;
        if (waiter != null) {
            wake();
        }
    }

    /** Returns whether a thread is waiting. */
    public boolean hasWaiter() {
        return waiter != null;
    }

    /**
     * Waits for the gate to open. One thread passes, and the gate is shut again.
     *
     * @throws SocketTimeoutException at the deadline
     * @throws AsynchronousCloseException after {@link #close}
     * @throws InterruptedIOException when the thread is interrupted; the interrupt stays set
     */
    public void await() throws IOException {
        waiter = Thread.currentThread();
        try {
            while (!open) {
                long until = deadline;
                startTimer(until);
                // Check again: setting the timer may wait for a lock, which uses up an unpark meant for this wait.
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

    private void startTimer(long until) {
        if (until != Deadlines.NONE) {
            if (timer == null) {
                timer = DeadlineTimer.of(() -> deadline, this::wake);
            }
            timer.look();
        }
    }

    private void check(long until) throws IOException {
        if (closed) {
            endTimer(); // this thread may have set it after close() ended it
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
