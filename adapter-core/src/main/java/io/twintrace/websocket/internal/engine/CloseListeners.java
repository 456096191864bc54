package io.twintrace.websocket.internal.engine;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The tasks that run when a connection has ended. Any thread may call these methods. */
final class CloseListeners {
    /** For a connection that has ended before anybody asked. */
    static final CloseListeners ENDED = new CloseListeners();

    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    static {
        ENDED.run();
    }

    /** Null once the connection has ended. Guarded by this object, for moments. */
    private List<Runnable> tasks = new ArrayList<>(1);

    void add(Runnable task) {
        Objects.requireNonNull(task, "task");
        synchronized (this) {
            if (tasks != null) {
                if (!tasks.contains(task)) {
                    tasks.add(task);
                }
                return;
            }
        }
        run(task);
    }

    synchronized void remove(Runnable task) {
        if (tasks != null) {
            tasks.remove(task);
        }
    }

    /** Runs all tasks, and from now on each at once. */
    void run() {
        List<Runnable> ended;
        synchronized (this) {
            ended = tasks;
            tasks = null;
        }
        if (ended != null) {
            ended.forEach(CloseListeners::run);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // the others must run as well
            LOGGER.log(Level.ERROR, "a close listener has failed", e);
        }
    }
}
