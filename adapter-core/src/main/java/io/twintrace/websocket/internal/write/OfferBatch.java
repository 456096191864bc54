package io.twintrace.websocket.internal.write;

/**
 * The batch of a thread that offers messages to outboxes outside of a listener's turn. While it is active, nothing that
 * the thread writes waits for a peer. A handler that has more input to read leaves its frames put aside, because it is
 * about to offer more; they leave before it waits for input.
 */
public final class OfferBatch extends WriteBatch {
    /** The reading side of a handler's connection. */
    public interface Reader {
        /** Returns whether the calling thread is the one that reads, and already has more input to read. */
        boolean isBackSoon();

        /** Notes that the reader has left frames put aside for too long. Any thread may call this. */
        void wasNotBackSoon();
    }

    /**
     * Whether any thread has such a batch. Without one, a reader need not look for its own, which costs memory for each
     * thread that looks.
     */
    private static volatile boolean inUse;

    /** What the thread reads between offers; null if that is not known. */
    private volatile Reader reader;

    private OfferBatch() {}

    /**
     * Begins to offer.
     *
     * @return null if the thread is in a turn, or in another batch of offers, which will send the frames
     */
    public static WriteBatch begin() {
        WriteBatch batch = ofThread();
        if (batch == null) {
            inUse = true;
            batch = new OfferBatch();
            batch.attachToThread();
        } else if (batch.isActive()) {
            return null;
        }
        batch.activate(batch.mayLinger());
        return batch;
    }

    /** Ends what {@link #begin} began; nothing if that returned null. */
    public static void end(WriteBatch begun) {
        if (begun != null) {
            try {
                if (!begun.mayBlock()) {
                    begun.flush();
                }
            } finally {
                begun.deactivate();
            }
        }
    }

    /**
     * Sends the frames that the calling thread has left put aside, if any, before it waits for input.
     *
     * @param reader what it reads
     */
    public static void flushBeforeReading(Reader reader) {
        if (inUse && ofThread() instanceof OfferBatch batch) {
            batch.flush();
            batch.reader = reader;
        }
    }

    @Override
    boolean mayLinger() {
        Reader current = reader;
        return current != null && current.isBackSoon();
    }

    @Override
    public void wasLate() {
        Reader current = reader;
        if (current != null) {
            current.wasNotBackSoon();
        }
    }
}
