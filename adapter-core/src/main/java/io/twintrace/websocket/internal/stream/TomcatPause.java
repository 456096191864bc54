package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Gate;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * Makes Tomcat's thread wait for the application to make room. Tomcat calls it again at once for a stream whose socket
 * has unread input, and the pause keeps that from spinning. So a stalled peer that has sent too much holds a thread
 * nearly all the time, and the Servlet API offers no remedy. The pause is short, since Tomcat has few threads, and this
 * one holds the socket's lock, which a writer may need.
 */
final class TomcatPause implements Pause {
    private static final long MAX_MILLIS = 50;

    /** How many times in a row the thread may find a full inbox without a pause while a writer waits. */
    private static final int FREE_STALLS = 16;

    private final boolean isBounded;
    private final Gate space = new Gate("for the application to read");
    private volatile boolean writerWaits;

    /** Used only by the container's thread, which holds the socket's lock. */
    private int stalls;

    /** @param isBounded false if the thread must not leave input unread, since nobody could make it read again */
    TomcatPause(boolean isBounded) {
        this.isBounded = isBounded;
    }

    @Override
    public boolean awaitRoom(Inbox inbox) throws IOException {
        if (isBounded) {
            return awaitBriefly(inbox);
        }
        while (inbox.isFull()) {
            space.await();
        }
        return true;
    }

    private boolean awaitBriefly(Inbox inbox) throws IOException {
        long pause = MAX_MILLIS;
        if (writerWaits) {
            if (++stalls <= FREE_STALLS) {
                return false;
            }
            pause = Math.min(pause, stalls - FREE_STALLS); // grows only while the writer's peer does not read
        }
        try {
            space.deadline(Deadlines.afterNanos(TimeUnit.MILLISECONDS.toNanos(pause)));
            space.await();
        } catch (SocketTimeoutException e) {
            // The inbox is still full, or nearly so.
        }
        return !inbox.isFull();
    }

    @Override
    public void roomFound() {
        stalls = 0;
    }

    @Override
    public void roomMade() {
        space.open();
    }

    /** Releases the container's thread, because it may hold the lock that the write event needs. */
    @Override
    public void writerWaits() {
        writerWaits = true;
        space.open();
    }

    @Override
    public void writerGoesOn() {
        writerWaits = false;
    }

    @Override
    public void close() {
        space.close();
    }
}
