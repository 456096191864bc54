package io.twintrace.websocket.internal.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Holds the parts of a connection that only some applications use. A part is created on first use, because most
 * connections are idle most of the time and cost their memory. From then on it stays the same. Any thread may call
 * these methods.
 */
final class OnDemand {
    private static final VarHandle ATTRIBUTES = field("attributes", ConcurrentMap.class);
    private static final VarHandle WRITE_LOCK = field("writeLock", ReentrantLock.class);
    private static final VarHandle OUTBOX = field("outbox", ConnectionOutbox.class);
    private static final VarHandle CLOSE_LISTENERS = field("closeListeners", CloseListeners.class);

    private volatile ConcurrentMap<String, Object> attributes;
    private volatile ReentrantLock writeLock;
    private volatile ConnectionOutbox outbox;
    private volatile CloseListeners closeListeners;

    ConcurrentMap<String, Object> attributes() {
        if (attributes == null) {
            ATTRIBUTES.compareAndSet(this, null, new ConcurrentHashMap<String, Object>());
        }
        return attributes;
    }

    ReentrantLock writeLock() {
        if (writeLock == null) {
            WRITE_LOCK.compareAndSet(this, null, new ReentrantLock());
        }
        return writeLock;
    }

    ConnectionOutbox outbox(Supplier<ConnectionOutbox> maker) {
        if (outbox == null) {
            ConnectionOutbox made = maker.get();
            if (OUTBOX.compareAndSet(this, null, made)) {
                made.attach();
            }
        }
        return outbox;
    }

    /** Returns the outbox; null if the application has not asked for it. */
    ConnectionOutbox outboxIfAny() {
        return outbox;
    }

    CloseListeners closeListeners() {
        if (closeListeners == null) {
            CLOSE_LISTENERS.compareAndSet(this, null, new CloseListeners());
        }
        return closeListeners;
    }

    /** Runs the tasks that wait for the end, and from now on each at once. */
    void connectionEnded() {
        if (closeListeners != null || !CLOSE_LISTENERS.compareAndSet(this, null, CloseListeners.ENDED)) {
            closeListeners.run();
        }
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(OnDemand.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
