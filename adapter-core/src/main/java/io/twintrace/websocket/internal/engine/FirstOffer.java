package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.internal.write.GuardedWriter;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells the detector at the first offer that only the outbox writes from now on. Remembers the place of that offer for
 * reports, because the thread that writes for an outbox has no application code on its stack. Any thread may call these
 * methods.
 */
final class FirstOffer {
    private final GuardedWriter writing;
    private final ReentrantLock writer;

    /** Held while the detector is declared. This may take long if the offering thread has a message to finish first. */
    private final ReentrantLock declaring = new ReentrantLock();

    private volatile boolean declared;

    /** The discipline that a thread has left for the writer to declare, because it did not wait; null for none. */
    private final AtomicReference<WriteDiscipline> leftToWriter = new AtomicReference<>();

    /** @param writer held by the outbox while it writes, and by no other code */
    FirstOffer(GuardedWriter writing, ReentrantLock writer) {
        this.writing = writing;
        this.writer = writer;
    }

    /**
     * Declares the outbox to the detector, if no earlier offer has done so. Call this for each offer, on the thread
     * that makes it. It does not wait for another thread that is declaring; the outbox's own thread then has to call
     * {@link #awaitDeclared}.
     *
     * @return whether messages may be written at once
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException if this is the first offer, and another thread is
     *     inside a write or has a message open
     * @throws IOException if this thread has a message open that cannot be finished any more
     */
    boolean declareOnce() throws IOException {
        if (declared) {
            return true;
        }
        if (!declaring.tryLock()) {
            if (leftToWriter.get() == null) {
                leftToWriter.compareAndSet(null, discipline());
            }
            return false;
        }
        try {
            declare(discipline());
        } finally {
            declaring.unlock();
        }
        return true;
    }

    /** Returns whether the detector knows of the outbox. */
    boolean isDeclared() {
        return declared;
    }

    /** Waits until the outbox is declared. A thread that may wait must call this before it writes what was offered. */
    void awaitDeclared() throws IOException {
        if (declared) {
            return;
        }
        declaring.lock();
        try {
            declare(leftToWriter.get()); // the other thread may have failed
        } finally {
            declaring.unlock();
        }
    }

    private void declare(WriteDiscipline discipline) throws IOException {
        if (!declared) {
            writing.declareOutbox(discipline);
            declared = true;
            leftToWriter.set(null); // not needed any more, and it keeps the place of an offer in memory
        }
    }

    private WriteDiscipline discipline() {
        return WriteDetector.throughOutbox(writer, () -> ListenerTurn.currentTurn() == null);
    }
}
