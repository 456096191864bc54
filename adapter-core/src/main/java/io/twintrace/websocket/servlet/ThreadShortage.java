package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.frame.CloseCode;
import jakarta.servlet.ServletContext;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What happens to a connection for which no thread can be started: as a listener, which needs none, this closes it with
 * 1013, try again later. The log has one line for each burst of them. Safe for any thread.
 */
final class ThreadShortage implements WebSocketListener {
    private static final long QUIET_SECONDS = 10;
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(QUIET_SECONDS);

    private final ServletContext context;
    private final AtomicLong turnedAway = new AtomicLong();
    private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

    ThreadShortage(ServletContext context) {
        this.context = context;
    }

    /** Tells the log, unless it was told a moment ago. */
    void log(OutOfMemoryError why) {
        long count = turnedAway.incrementAndGet();
        long now = System.nanoTime();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + QUIET_NANOS)) {
            context.log("no thread can be started for a WebSocket connection, which is closed with 1013 (" + why
                    + "); " + count + " so far, and the next " + QUIET_SECONDS + " s are not logged. Raise the"
                    + " system's limit of threads (ulimit -u, the pids limit of the container), lower init-param"
                    + " max-connections, or run on JDK 21 or later, where handlers need no threads of the system");
        }
    }

    @Override
    public boolean isNonBlocking() {
        return true;
    }

    @Override
    public void onOpen(WebSocketConnection connection) {
        connection.beginClose(CloseCode.TRY_AGAIN_LATER, "no thread for this connection");
    }
}
