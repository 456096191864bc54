package io.twintrace.websocket.internal.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Something that happens once, and that a thread may wait for. Every connection has some of these and hardly any thread
 * waits, so the latch comes with the first that does. Any thread may call these methods.
 */
public final class Milestone {
    private static final VarHandle LATCH;

    static {
        try {
            LATCH = MethodHandles.lookup().findVarHandle(Milestone.class, "latch", CountDownLatch.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Stands for the latch once it has happened. */
    private static final CountDownLatch REACHED = new CountDownLatch(0);

    /** Null until a thread waits or it happens. */
    private volatile CountDownLatch latch;

    /** Announces that it has happened. */
    public void reach() {
        CountDownLatch waited = (CountDownLatch) LATCH.getAndSet(this, REACHED);
        if (waited != null) {
            waited.countDown();
        }
    }

    /** Returns whether it has happened. */
    @SuppressWarnings("ReferenceEquality") // compares identity on purpose
    public boolean isReached() {
        return latch == REACHED;
    }

    /** Waits until it has happened, {@code nanos} at most. Returns whether it has. */
    public boolean await(long nanos) throws InterruptedException {
        if (latch == null) {
            LATCH.compareAndSet(this, null, new CountDownLatch(1));
        }
        return isReached() || latch.await(nanos, TimeUnit.NANOSECONDS); // also on an interrupted thread
    }
}
