package io.twintrace.gallery;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts what the writers of one application do, and tells it on standard output. Any number of threads.
 *
 * <p>The lines are {@code overlapped NAME} at the first overlap, and {@code finished NAME writes=... failures=...
 * overlaps=...} once.
 */
public final class Tally {
    /** An application whose connection is broken does not try for ever. */
    private static final int MAX_FAILURES = Integer.getInteger("mistaken.failures", 10_000);

    private final String name;
    private final int planned;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile String firstFailure = "";
    private volatile boolean stopped;

    /** @param planned after how many writes the application ends */
    public Tally(String name, int planned) {
        this.name = name;
        this.planned = planned;
    }

    /** Returns false once the writers must end. */
    public boolean goesOn() {
        return !stopped && begun.get() < planned && failures.get() < MAX_FAILURES;
    }

    /** Ends the application early. */
    public void stop() {
        stopped = true;
        tell();
    }

    /** What a writer holds open while it writes. It costs nothing to create. */
    public final class Write implements AutoCloseable {
        private final int parts;
        private final boolean isWatched;

        Write(int parts, boolean isWatched) {
            this.parts = parts;
            this.isWatched = isWatched;
        }

        @Override
        public void close() {
            if (isWatched) {
                inside.decrementAndGet();
            }
            if (ended.addAndGet(parts) >= planned) {
                tell();
            }
        }
    }

    /**
     * A message begins, whose parts no other thread may interrupt.
     *
     * @param parts the number of writes
     */
    public Write begin(int parts) {
        begun.addAndGet(parts);
        if (inside.getAndIncrement() > 0 && overlaps.getAndIncrement() == 0) {
            System.out.println("overlapped " + name);
        }
        return new Write(parts, true);
    }

    /** A message is handed to something that may be called by many threads at once. */
    public Write beginShared() {
        begun.incrementAndGet();
        return new Write(1, false);
    }

    /** Records an exception that the application has caught. */
    public void failed(Exception failure) {
        if (failures.getAndIncrement() == 0) {
            firstFailure = " first: " + failure;
        }
    }

    private void tell() {
        if (told.compareAndSet(false, true)) {
            System.out.println("finished " + name + " writes=" + ended + " failures=" + failures + " overlaps="
                    + overlaps + firstFailure.replace('\n', ' '));
        }
    }
}
