package io.twintrace.websocket.room;

import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What can be watched of rooms, for systems that collect metrics. All {@code Rooms} of one name are one here, so that
 * the number of time series depends on nothing that users name. A copy of the library knows the rooms that use it: those
 * of one web application if the application contains the jar. Safe for use by any thread.
 */
public final class RoomsMetrics {
    /** The name of rooms that the application has not named. */
    public static final String DEFAULT_NAME = "rooms";

    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    /** Collectors read the values one by one, and summing touches every room. */
    private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final ReentrantLock LOCK = new ReentrantLock();

    // Guarded by LOCK.
    private static final Map<String, RoomsMetrics> RUNNING = new LinkedHashMap<>();
    private static final List<Listener> LISTENERS = new ArrayList<>();

    private final String name;
    private final RoomCounters.Sums sums = new RoomCounters.Sums();
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by this object's lock. Rooms that an application forgets to close must not stay in memory.
    private final List<WeakReference<OpenRooms>> sources = new ArrayList<>();
    private BackplaneStatistics closed = BackplaneStatistics.NONE;
    private RoomsTotals latest;
    private long latestTime;

    /** Is told which rooms there are. */
    public interface Listener {
        /**
         * Called for the first {@code Rooms} of a name, on the thread that creates them, and for each name in use when
         * this listener is added. Must not add or remove listeners.
         *
         * @param metrics those of the name
         */
        void started(RoomsMetrics metrics);

        /**
         * Called when the last {@code Rooms} of a name have closed, on the thread that closes them. If there are others
         * later, their counts begin at zero. Must not add or remove listeners.
         *
         * @param metrics those of the name
         */
        void stopped(RoomsMetrics metrics);
    }

    private RoomsMetrics(String name) {
        this.name = name;
    }

    /** {@return the metrics of all names in use} */
    public static List<RoomsMetrics> running() {
        LOCK.lock();
        try {
            removeForgotten();
            return List.copyOf(RUNNING.values());
        } finally {
            LOCK.unlock();
        }
    }

    /**
     * Adds a listener, and tells it of the rooms that there are.
     *
     * @param listener kept until it is removed
     */
    public static void addListener(Listener listener) {
        LOCK.lock();
        try {
            removeForgotten();
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

    /** {@return the name that the application gave to its {@code Rooms}} */
    public String name() {
        return name;
    }

    /**
     * Returns the sums over all rooms, open and closed. No count becomes smaller, unless an
     * application forgets rooms without {@linkplain Rooms#close() closing} them.
     *
     * @return at most a tenth of a second old
     */
    public RoomsTotals totals() {
        lock.lock();
        try {
            long now = System.nanoTime();
            if (latest == null || now - latestTime > MAX_AGE_NANOS) {
                latest = sum();
                latestTime = now;
            }
            return latest;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the sums as they are now. */
    RoomsTotals sum() {
        int rooms = 0;
        int members = 0;
        int waiting = 0;
        BackplaneStatistics backplane = closed;
        for (WeakReference<OpenRooms> source : sources) {
            OpenRooms each = source.get();
            if (each != null) {
                backplane = backplane.plus(each.backplane().statistics());
                for (Room room : each.all()) {
                    rooms++;
                    members += room.size();
                    waiting += room.waiting();
                }
            }
        }
        return new RoomsTotals(
                rooms,
                members,
                sums.messages.sum(),
                sums.delivered.sum(),
                sums.refused.sum(),
                sums.rejected.sum(),
                sums.lost.sum(),
                waiting,
                backplane);
    }

    /** Adds rooms that are new. */
    static RoomsMetrics join(String name, OpenRooms rooms) {
        LOCK.lock();
        try {
            removeForgotten();
            RoomsMetrics known = RUNNING.get(name);
            RoomsMetrics metrics = known != null ? known : new RoomsMetrics(name);
            metrics.add(rooms);
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
    void leave(OpenRooms rooms) {
        LOCK.lock();
        try {
            remove(rooms);
            removeForgotten();
        } finally {
            LOCK.unlock();
        }
    }

    /** What the rooms of this name add to. */
    RoomCounters.Sums sums() {
        return sums;
    }

    private static void removeForgotten() {
        for (RoomsMetrics each : List.copyOf(RUNNING.values())) {
            if (each.isForgotten() && RUNNING.remove(each.name, each)) {
                LISTENERS.forEach(listener -> tell(() -> listener.stopped(each)));
            }
        }
    }

    private boolean isForgotten() {
        lock.lock();
        try {
            sources.removeIf(source -> source.get() == null);
            return sources.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void add(OpenRooms rooms) {
        lock.lock();
        try {
            sources.add(new WeakReference<>(rooms));
            latest = null;
        } finally {
            lock.unlock();
        }
    }

    private void remove(OpenRooms rooms) {
        lock.lock();
        try {
            if (sources.removeIf(source -> source.refersTo(rooms))) {
                latest = null;
                count(rooms.backplane());
            }
        } finally {
            lock.unlock();
        }
    }

    private void count(Backplane ended) {
        try {
            closed = closed.plus(ended.statistics().ofClosed());
        } catch (RuntimeException | Error e) {
            // No memory, or a backplane that is not ours: the rooms must be removed all the same.
        }
    }

    /** Rooms open and close also if a listener fails. */
    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            LOGGER.log(Level.WARNING, "a RoomsMetrics.Listener has failed", e);
        }
    }

    @Override
    public String toString() {
        return "metrics of the rooms \"" + name + "\"";
    }
}
