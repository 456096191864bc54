package io.twintrace.websocket.servlet;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What can be watched of one running servlet, for systems that collect metrics. All {@linkplain WebSocketUpgrader
 * upgraders} of an application are one servlet here, named {@value #UPGRADER}. A copy of the library knows the servlets
 * that use it: those of one web application if the application contains the jar. Safe for use by any thread.
 */
public final class WebSocketMetrics {
    /** The name of all upgraders of an application. */
    public static final String UPGRADER = "upgrader";

    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    /** Collectors read the values one by one, and summing touches every connection. */
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final ReentrantLock LOCK = new ReentrantLock();

    // Guarded by LOCK.
    private static final Map<Name, WebSocketMetrics> RUNNING = new LinkedHashMap<>();
    private static final List<Listener> LISTENERS = new ArrayList<>();

    private final Name name;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by this object's lock.
    private final List<Supplier<WebSocketTotals>> sources = new ArrayList<>();
    private WebSocketTotals stopped = WebSocketTotals.NONE;
    private WebSocketTotals latest;
    private long latestTime;

    private record Name(String application, String servlet) {}

    /** Is told which servlets run. */
    public interface Listener {
        /**
         * Called when a servlet starts, on its thread, and for each running one when this listener is added. Must not
         * add or remove listeners.
         *
         * @param metrics those of the servlet
         */
        void started(WebSocketMetrics metrics);

        /**
         * Called when a servlet has stopped, on its thread. If it starts again, its counts begin at zero. Must not add
         * or remove listeners.
         *
         * @param metrics those of the servlet
         */
        void stopped(WebSocketMetrics metrics);
    }

    private WebSocketMetrics(Name name) {
        this.name = name;
    }

    /** {@return the metrics of all running servlets} */
    public static List<WebSocketMetrics> running() {
        LOCK.lock();
        try {
            return List.copyOf(RUNNING.values());
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Adds a listener, and tells it of the servlets that run.
     *
     * @param listener kept until it is removed
     */
    public static void addListener(Listener listener) {
        LOCK.lock();
        try {
            RUNNING.values().forEach(listener::started);
            LISTENERS.add(listener);
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Removes a listener.
     *
     * @param listener has no effect if it was never added
     */
    public static void removeListener(Listener listener) {
        LOCK.lock();
        try {
            LISTENERS.remove(listener);
        } finally {
            LOCK.unlock();
        }
    }

    /** {@return the context path of the web application; "/" for the root} */
    public String application() {
        return name.application();
    }

    /** {@return the name of the servlet, as its registration has it} */
    public String servlet() {
        return name.servlet();
    }

    /**
     * Returns the sums over all connections, open and ended. No count ever becomes smaller while the servlet runs. What
     * a connection counted may be missing for a moment when it ends; it counts as open until then.
     *
     * @return at most a tenth of a second old
     */
    public WebSocketTotals totals() {
        lock.lock();
        try {
            long now = System.nanoTime();
            if (latest == null || now - latestTime > MAX_AGE_NANOS) {
                latest = sources.stream().map(Supplier::get).reduce(stopped, WebSocketTotals::plus);
                latestTime = now;
            }
            return latest;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a servlet or upgrader that starts. */
    static WebSocketMetrics join(String application, String servlet, Supplier<WebSocketTotals> source) {
        LOCK.lock();
        try {
            Name name = new Name(application, servlet);
            WebSocketMetrics known = RUNNING.get(name);
            WebSocketMetrics metrics = known != null ? known : new WebSocketMetrics(name);
            metrics.add(source);
            if (known == null) {
                RUNNING.put(name, metrics);
                LISTENERS.forEach(listener -> tell(() -> listener.started(metrics)));
            }
            return metrics;
        } finally {
            LOCK.unlock();
        }
    }

    /** Removes what {@link #join} has added. */
    void leave(Supplier<WebSocketTotals> source) {
        LOCK.lock();
        try {
            if (remove(source) && RUNNING.remove(name, this)) {
                LISTENERS.forEach(listener -> tell(() -> listener.stopped(this)));
            }
        } finally {
            LOCK.unlock();
        }
    }

    private void add(Supplier<WebSocketTotals> source) {
        lock.lock();
        try {
            sources.add(source);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns whether there is none left. Others of the same name go on from what this one has counted, unless that
     * cannot be read.
     */
    private boolean remove(Supplier<WebSocketTotals> source) {
        lock.lock();
        try {
            if (sources.remove(source)) {
                latest = null;
                count(source);
            }
            return sources.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void count(Supplier<WebSocketTotals> ended) {
        try {
            stopped = stopped.plus(ended.get().withoutOpen());
        } catch (RuntimeException | Error e) {
            // No memory: the servlet must be removed all the same.
        }
    }

    /** A servlet starts and stops also if a listener fails. */
    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.WARNING, "a WebSocketMetrics.Listener has failed", e);
        }
    }

    @Override
    public String toString() {
        return "metrics of servlet \"" + servlet() + "\" in " + application();
    }
}
