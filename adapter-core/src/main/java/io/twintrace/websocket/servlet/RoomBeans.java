package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.jmx.Registration;
import io.twintrace.websocket.room.RoomsMetrics;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Shows rooms in JMX while a servlet runs. An application need not close its rooms, and a bean that stayed would keep
 * the application's classes in memory.
 */
final class RoomBeans implements RoomsMetrics.Listener {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");
    private static final RoomBeans BEANS = new RoomBeans();
    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Guarded by LOCK. */
    private static int servlets;

    /** Guarded by the lock of {@link RoomsMetrics}, under which a listener is called; by LOCK when it is none. */
    private final Map<RoomsMetrics, AutoCloseable> registrations = new HashMap<>();

    private RoomBeans() {}

    /** Ends when closed, once. */
    interface Shown extends AutoCloseable {
        @Override
        void close();
    }

    /** Shows rooms for a servlet that starts. Close what this returns when the servlet stops. */
    static Shown show() {
        LOCK.lock();
        try {
            if (servlets++ == 0) {
                RoomsMetrics.addListener(BEANS);
            }
        } finally {
            LOCK.unlock();
        }
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (!closed.getAndSet(true)) {
                servletStopped();
            }
        };
    }

    private static void servletStopped() {
        LOCK.lock();
        try {
            if (--servlets == 0) {
                RoomsMetrics.removeListener(BEANS);
                BEANS.registrations.values().forEach(RoomBeans::close);
                BEANS.registrations.clear();
            }
        } finally {
            LOCK.unlock();
        }
    }

    @Override
    public void started(RoomsMetrics metrics) {
        try {
            registrations.put(metrics, Registration.of(metrics.name(), new RoomsBean(metrics)));
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "JMX does not show rooms, because an MXBean cannot be registered", e);
        } catch (LinkageError e) {
            // A runtime image without the module java.management has no JMX.
        }
    }

    @Override
    public void stopped(RoomsMetrics metrics) {
        AutoCloseable registration = registrations.remove(metrics);
        if (registration != null) {
            close(registration);
        }
    }

    /** Logs a failure, which must not keep other beans registered. */
    private static void close(AutoCloseable registration) {
        try {
            registration.close();
        } catch (Throwable t) {
            try {
                LOGGER.log(Level.WARNING, "JMX still shows rooms, because an MXBean cannot be removed", t);
            } catch (Throwable unlogged) {
                // The other beans keep the application's classes in memory too.
            }
        }
    }
}
