package io.twintrace.websocket;

import io.twintrace.websocket.detect.WriteDiscipline;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The first offer to an outbox tells the detector that the outbox writes from now on, and nobody else. The place where
 * it was made is remembered for reports: the thread that writes for an outbox has no code of the application on its
 * stack. Safe for any thread.
 */
final class FirstOffer {
    private final WriteHalf writing;
    private final ReentrantLock writer;

    /** Held while the detector is told, so that no other message comes before that. */
    private final ReentrantLock telling = new ReentrantLock();

    private volatile boolean told;

    /** @param writer held by the outbox while it writes, and by nobody else */
    FirstOffer(WriteHalf writing, ReentrantLock writer) {
        this.writing = writing;
        this.writer = writer;
    }

    /**
     * To be called for each offer, on the thread that makes it.
     *
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException when this is the first one, and another thread is
     *     inside a write or has a message open
     * @throws IOException when this thread has a message open, which cannot be finished any more
     */
    void declareOnce() throws IOException {
        if (told) {
            return;
        }
        telling.lock();
        try {
            if (!told) {
                writing.declareOutbox(WriteDiscipline.throughOutbox(writer, FirstOffer::mayWait));
                told = true;
            }
        } finally {
            telling.unlock();
        }
    }

    /** In a turn the thread has other connections to serve. */
    private static boolean mayWait() {
        return Turn.current() == null;
    }
}
