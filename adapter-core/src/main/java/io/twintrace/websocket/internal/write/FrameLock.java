package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.DelayedCheck;
import io.twintrace.websocket.internal.io.StackProbe;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock that keeps frames whole. No thread waits for the peer while it holds the lock. If a frame cannot be
 * finished, part of it may be out. The peer could not understand what follows, so this breaks the stream off and closes
 * the transport. Any thread may call these methods.
 *
 * <p>If a thread's stack has overflowed, a thread that has stack left closes the transport later. Closing it at the end
 * of the stack could stop anywhere inside the container, whose selector and pool would then fail other connections. If no
 * such thread comes along, the delayed check closes it.
 */
final class FrameLock extends DelayedCheck {
    /** Created in advance, because creating it takes stack. So it cannot say where the overflow was. */
    @SuppressWarnings({"StaticAssignmentOfThrowable", "serial"})
    private static final IOException STACK_OVERFLOW = new IOException("the stack of a thread overflowed as it wrote") {
        @Override
        public Throwable fillInStackTrace() {
            return this; // another request's stack would mislead
        }
    };

    /** How long to wait before looking whether the lock's holder has lost it. */
    private static final long PATIENCE_MILLIS = 100;

    private final Transport transport;
    private final Output output;
    private final CloseHandshake closing;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile IOException broken;

    /** Whether the output knows that the stream is broken. Written under the lock. */
    private volatile boolean outputBroken;

    /**
     * Whether the transport is still open only because a thread had no stack left, and may have broken the stream or
     * kept the lock. Not private, because such a thread cannot even call a method to set it.
     */
    volatile boolean overflowed;

    FrameLock(Transport transport, Output output, CloseHandshake closing) {
        this.transport = transport;
        this.output = output;
        this.closing = closing;
    }

    /** Something to do under the lock. */
    interface Change<T> {
        void make(T target) throws IOException;
    }

    /** Returns why nothing can be written any more; null while the stream is sound. */
    IOException broken() {
        IOException why = broken;
        return why == null && overflowed ? STACK_OVERFLOW : why;
    }

    /** Throws if nothing can be written any more. */
    void checkSound() throws IOException {
        IOException why = broken();
        if (why != null) {
            if (overflowed) {
                closeLater(); // not here, where the stack may be about to overflow again
            }
            throw new IOException("nothing can be written to this WebSocket connection any more", why);
        }
    }

    /**
     * Takes the lock. If the stack overflows before it is released, it may stay taken for good. A caller has to set
     * {@link #overflowed} then, and call {@link #closeLater()}.
     *
     * @throws IOException if the lock cannot be had and nothing can be written any more
     */
    void lock() throws IOException {
        if (!lock.tryLock()) {
            await();
        }
    }

    private void await() throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (lock.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    checkSound(); // no holder waits, so most likely the thread has lost it
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Releases the lock. Checks again afterwards, in case the stream has broken meanwhile. */
    void unlock() {
        do {
            try {
                if (mustBreakOutput()) {
                    breakOutput();
                }
            } finally {
                lock.unlock();
            }
        } while (mustBreakOutput() && lock.tryLock());
    }

    /**
     * Makes a change under the lock, unless nothing can be written any more. An IOException shows at the next write.
     *
     * @param change captures nothing, so that the call allocates nothing
     */
    <T> void change(T target, Change<T> change) {
        try {
            if (broken() == null) {
                changeLocked(target, change);
            } else if (overflowed) {
                closeLater();
            }
        } catch (StackOverflowError e) {
            overflowed = true; // without a call, for which there may be no stack left
            closeLater();
            throw e;
        }
    }

    /** Has another thread close what an overflow has left open. */
    void closeLater() {
        ask();
    }

    /** Not on the timer's thread, because closing may take long. */
    @Override
    protected void check() {
        WriteThreads.startAtLast(this::closeIfOwed);
    }

    private <T> void changeLocked(T target, Change<T> change) {
        try {
            lock();
        } catch (IOException e) {
            return; // the stream is broken, most likely by another thread's overflow
        }
        try {
            if (broken() == null) {
                change.make(target);
            }
        } catch (IOException e) {
            breakOff(e);
        } catch (Throwable e) { // no memory or stack: half of something may be out
            breakOff(e);
            throw e;
        } finally {
            unlock();
        }
    }

    /** Breaks the stream off, because a write may be half done. Call with the lock held. */
    void breakOff(Throwable e) {
        if (e instanceof StackOverflowError) {
            overflowed = true;
            closeLater();
        } else if (broken() == null) {
            broken = e instanceof IOException io ? io : new IOException(e);
            try {
                transport.close();
            } finally {
                endWriting();
            }
        }
    }

    /** The same for a caller that does not hold the lock. */
    void takeAndBreakOff(Throwable why) {
        try {
            lock();
            try {
                breakOff(why);
            } finally {
                unlock();
            }
        } catch (IOException e) {
            // The stream is broken, most likely by another thread's overflow.
        } catch (StackOverflowError e) {
            overflowed = true;
            closeLater();
            throw e;
        }
    }

    private void endWriting() {
        try {
            breakOutput();
        } finally {
            closing.writingEnded();
        }
    }

    private boolean mustBreakOutput() {
        return broken != null && !outputBroken;
    }

    private void breakOutput() {
        outputBroken = true;
        output.breakOff(broken);
    }

    /** Fails all writes from now on. The caller closes the transport. */
    void giveUp(IOException why) {
        if (broken == null) {
            broken = overflowed ? STACK_OVERFLOW : why;
        }
        overflowed = false;
        closing.writingEnded();
        breakOutputIfFree();
    }

    /** Returns false if another thread holds the lock. It does this when it releases the lock. */
    private boolean breakOutputIfFree() {
        if (!outputBroken) {
            if (!lock.tryLock()) {
                return false;
            }
            unlock();
        }
        return true;
    }

    /**
     * Closes what a thread without stack has left open. Needs no lock, which that thread may have kept for good.
     *
     * @throws StackOverflowError if the calling thread is near the end of its stack as well; it has changed nothing
     */
    void closeIfOwed() {
        if (!overflowed) {
            return;
        }
        StackProbe.probe();
        if (broken == null) {
            broken = STACK_OVERFLOW;
        }
        overflowed = false;
        try {
            transport.close();
        } finally {
            closing.writingEnded();
            if (!breakOutputIfFree()) {
                output.abandon(broken); // the lock may never become free
            }
        }
    }
}
