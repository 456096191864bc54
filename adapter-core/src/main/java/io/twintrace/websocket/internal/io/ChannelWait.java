package io.twintrace.websocket.internal.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Waits until a channel is ready for one operation. Opens a selector at the first wait. */
final class ChannelWait {
    private final SocketChannel channel;
    private final int interest;
    private final String waitingFor;
    private final ReentrantLock lifecycle = new ReentrantLock();

    /** Guarded by {@code lifecycle} for writing. */
    private volatile Selector selector;

    private volatile boolean closed;
    private volatile long deadline = Deadlines.NONE;

    ChannelWait(SocketChannel channel, int interest, String waitingFor) {
        this.channel = channel;
        this.interest = interest;
        this.waitingFor = waitingFor;
    }

    void deadline(long newDeadline) {
        deadline = newDeadline;
        Selector waiting = selector;
        if (waiting != null) {
            waiting.wakeup();
        }
    }

    void await() throws IOException {
        Selector waiting = open();
        while (true) {
            if (closed) {
                throw new AsynchronousCloseException();
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while waiting " + waitingFor);
            }
            long nanos = Deadlines.remaining(deadline);
            if (nanos <= 0) {
                throw new SocketTimeoutException("timed out waiting " + waitingFor);
            }
            // Round up: a select of 0 ms would wait for ever, and one that is too short would spin.
            long millis = nanos == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
            if (select(waiting, millis)) {
                return;
            }
        }
    }

    private static boolean select(Selector waiting, long millis) throws IOException {
        try {
            int ready = waiting.select(millis);
            waiting.selectedKeys().clear();
            return ready > 0;
        } catch (ClosedSelectorException e) {
            throw new AsynchronousCloseException();
        }
    }

    private Selector open() throws IOException {
        lifecycle.lock();
        try {
            if (closed) {
                throw new AsynchronousCloseException();
            }
            if (selector == null) {
                Selector opened = Selector.open();
                selector = opened;
                SelectionKey unused = channel.register(opened, interest);
            }
            return selector;
        } finally {
            lifecycle.unlock();
        }
    }

    void close() {
        lifecycle.lock();
        try {
            closed = true;
            if (selector != null) {
                selector.close();
            }
        } catch (IOException ignored) {
            // Nobody uses the selector any more.
        } finally {
            lifecycle.unlock();
        }
    }
}
