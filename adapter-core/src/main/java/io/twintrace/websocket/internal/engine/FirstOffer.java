package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.detect.WriteDiscipline;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The first offer to an outbox tells the detector that the outbox writes from now on, and nobody else. The place where
 * it was made is remembered for reports: the thread that writes for an outbox has no code of the application on its
 * stack. Safe for any thread.
 */
final class FirstOffer {
    private final WriteHalf writing;
    private final ReentrantLock writer;

    /** Held while the detector is told, which may take long where the offering thread has a message to finish first. */
    private final ReentrantLock telling = new ReentrantLock();

    private volatile boolean told;

    /** What a thread that did not wait has left to be told; null for nothing. */
    private final AtomicReference<WriteDiscipline> left = new AtomicReference<>();

    /** @param writer held by the outbox while it writes, and by nobody else */
    FirstOffer(WriteHalf writing, ReentrantLock writer) {
        this.writing = writing;
        this.writer = writer;
    }

    /**
     * To be called for each offer, on the thread that makes it. Does not wait for another thread that is just telling
     * the detector: the outbox's own thread then has to {@link #awaitDeclared}.
     *
     * @return whether messages may be written at once
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException when this is the first one, and another thread is
     *     inside a write or has a message open
     * @throws IOException when this thread has a message open, which cannot be finished any more
     */
    boolean declareOnce() throws IOException {
        if (told) {
            return true;
        }
        if (!telling.tryLock()) {
            if (left.get() == null) {
                left.compareAndSet(null, discipline());
            }
            return false;
        }
        try {
            tell(discipline());
        } finally {
            telling.unlock();
        }
        return true;
    }

    /** To be called by a thread that may wait, before it writes what was offered. */
    void awaitDeclared() throws IOException {
        if (told) {
            return;
        }
        telling.lock();
        try {
            tell(left.get()); // the other thread may have failed
        } finally {
            telling.unlock();
        }
    }

    private void tell(WriteDiscipline discipline) throws IOException {
        if (!told) {
            writing.declareOutbox(discipline);
            told = true;
            left.set(null); // it keeps the place of an offer
        }
    }

    private WriteDiscipline discipline() {
        return WriteDetector.throughOutbox(writer, FirstOffer::mayWait);
    }

    /** In a turn the thread has other connections to serve. */
    private static boolean mayWait() {
        return WriteBatch.current() == null;
    }
}
