package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.DelayedCheck;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The batch of a thread that offers messages to outboxes outside of a listener's turn. While it is active, nothing that
 * the thread writes waits for a peer. A handler that has more input to read leaves its frames and tasks unsent, because
 * it is about to offer more; they leave before it waits for input. If it is late, another thread sends them. The thread
 * then waits once, for at most a second, until that has run the tasks.
 */
public final class OfferBatch extends WriteBatch {
    /** A batch that was left more recently than this is expected to be left again soon. */
    private static final long BUSY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** How long a thread that goes on waits for another that runs what it has put off. */
    private static final long MAX_WAIT_SECONDS = 1;

    private enum Owner {
        /** The thread whose batch it is. */
        THREAD,
        /** The thread has left it, and the first to take it owns it. */
        NOBODY,
        /** Another thread, for good. */
        OTHER_THREAD
    }

    /** The reading side of a handler's connection. */
    public interface Reader {
        /** Returns whether the calling thread is the one that reads, and already has more input to read. */
        boolean isBackSoon();

        /** Returns how long a batch may be left. It is sent within two milliseconds after that. 0 for not at all. */
        long patienceNanos();

        /** Notes that the reader has left a batch for too long. Any thread may call this. */
        void wasNotBackSoon();
    }

    /**
     * Whether any thread has such a batch. Without one, a reader need not look for its own, which costs memory for each
     * thread that looks.
     */
    private static volatile boolean inUse;

    /** What the thread reads between offers; null if that is not known. */
    private volatile Reader reader;

    private final AtomicReference<Owner> owner = new AtomicReference<>(Owner.THREAD);

    private volatile long lastLeft;

    /** When the thread has left it for the first time since it was empty; {@link Deadlines#NONE} if it is. */
    private volatile long leftSince = Deadlines.NONE;

    private volatile long patienceNanos;

    /** Opens when another thread has run what this one has put off. Null until this one is late for the first time. */
    private volatile CountDownLatch tasksRun;

    private final DelayedCheck late = new DelayedCheck() {
        @Override
        protected boolean isTooEarly() {
            return owner.get() == Owner.NOBODY ? !isOverdue() : System.nanoTime() - lastLeft < BUSY_NANOS;
        }

        @Override
        protected void check() {
            if (owner.get() != Owner.NOBODY) {
                return;
            }
            if (!isOverdue()) { // or was left again meanwhile
                ask();
            } else {
                flushElsewhere();
            }
        }
    };

    private OfferBatch() {}

    /**
     * Begins to offer.
     *
     * @return null if the thread is in a turn, or in another batch of offers, which will send the frames
     */
    public static WriteBatch begin() {
        WriteBatch batch = ofThread();
        if (batch != null && batch.isActive()) {
            return null;
        }
        if (batch instanceof OfferBatch left && !left.takeBack()) {
            left.awaitTasksRun(); // what this thread does next must not overtake them
            batch = null;
        }
        if (batch == null) {
            inUse = true;
            batch = new OfferBatch();
            batch.attachToThread();
        }
        batch.activate(false);
        return batch;
    }

    /** Ends what {@link #begin} began; nothing if that returned null. */
    public static void end(WriteBatch begun) {
        if (begun != null) {
            begun.endOffers();
        }
    }

    @Override
    void endOffers() {
        boolean stays = isBackSoon() && !isOverdue();
        try {
            if (!stays) {
                leftSince = Deadlines.NONE;
                flush();
            }
        } finally {
            deactivate();
        }
        if (!isEmpty()) {
            leave();
        }
    }

    /**
     * Sends what the calling thread has left, if anything, before it waits for input.
     *
     * @param reader what it reads
     */
    public static void flushBeforeReading(Reader reader) {
        if (inUse && ofThread() instanceof OfferBatch batch) {
            batch.reader = reader;
            batch.patienceNanos = reader.patienceNanos();
            if (batch.owner.get() == Owner.NOBODY && batch.takeBack()) {
                batch.send();
            }
        }
    }

    @Override
    boolean takes(Runnable task) {
        if (isActive()) {
            return super.takes(task);
        }
        if (!isBackSoon() || !takeBack()) {
            return false;
        }
        if (isOverdue()) {
            send();
        }
        add(task);
        leave();
        return true;
    }

    @Override
    void runTasksNow() {
        if (isActive()) {
            super.runTasksNow();
        } else if (takeBack()) {
            activate(false); // what was put off adds to this batch
            try {
                super.runTasksNow();
            } finally {
                endOffers();
            }
        } else {
            awaitTasksRun();
        }
    }

    /**
     * Waits once, and for a second at most: a task may call the application's code, which may need a lock that this
     * thread holds.
     */
    private void awaitTasksRun() {
        boolean interrupted = Thread.interrupted();
        try {
            boolean unused = tasksRun.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            tasksRun.countDown();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void send() {
        leftSince = Deadlines.NONE;
        activate(false); // what was put off adds to this batch
        try {
            flush();
        } finally {
            deactivate();
        }
    }

    private boolean isOverdue() {
        long since = leftSince;
        return since != Deadlines.NONE && System.nanoTime() - since >= patienceNanos;
    }

    private boolean isBackSoon() {
        Reader current = reader;
        return current != null && patienceNanos > 0 && current.isBackSoon();
    }

    private void leave() {
        lastLeft = System.nanoTime();
        if (leftSince == Deadlines.NONE) {
            leftSince = lastLeft;
        }
        owner.set(Owner.NOBODY);
        if (!late.ask() && takeBack()) { // the system has no thread that would look after it
            send();
        }
    }

    /** Returns false if another thread has taken over what this one has left, and the batch with it. */
    private boolean takeBack() {
        return owner.get() == Owner.THREAD || owner.compareAndSet(Owner.NOBODY, Owner.THREAD);
    }

    private void flushElsewhere() {
        Reader current = reader;
        if (current != null) {
            current.wasNotBackSoon();
        }
        if (tasksRun == null) {
            tasksRun = new CountDownLatch(1);
        }
        WriteThreads.start(this::takeOver);
    }

    /** Leaves the batch to its thread if that was quicker than the start of this one. */
    private void takeOver() {
        if (isOverdue() && owner.compareAndSet(Owner.NOBODY, Owner.OTHER_THREAD)) {
            try {
                runTasks();
            } finally {
                tasksRun.countDown();
            }
            flush();
        }
    }
}
