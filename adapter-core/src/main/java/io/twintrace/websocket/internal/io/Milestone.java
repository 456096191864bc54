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

    private volatile boolean reached;

    /** Null until a thread waits. */
    private volatile CountDownLatch latch;

    /** Announces that it has happened. */
    public void reach() {
        reached = true; // first: a thread that comes later looks at this after it has made the latch
        CountDownLatch waited = latch;
        if (waited != null) {
            waited.countDown();
        }
    }

    /** Returns whether it has happened. */
    public boolean isReached() {
        return reached;
    }

    /** Waits until it has happened, {@code nanos} at most. Returns whether it has. */
    public boolean await(long nanos) throws InterruptedException {
        if (latch == null) {
            LATCH.compareAndSet(this, null, new CountDownLatch(1));
        }
        return reached || latch.await(nanos, TimeUnit.NANOSECONDS);
    }
}
