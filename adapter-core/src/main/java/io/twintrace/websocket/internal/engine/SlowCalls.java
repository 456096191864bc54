package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Writes the log texts about a connection whose listener says that it never blocks, but does. Logged are the first slow
 * call with its stack, and at the end the number of slow calls. The sampling thread changes this.
 */
final class SlowCalls {
    private final WebSocketConnection connection;
    private final String listener;
    private final String caller;
    private final Duration threshold;

    private volatile int count;
    private volatile long longestNanos;
    private volatile boolean logged;

    /** @param caller the class that calls the listener */
    SlowCalls(WebSocketConnection connection, WebSocketListener listener, Class<?> caller, Duration threshold) {
        this.connection = connection;
        this.listener = listener.getClass().getName();
        this.caller = caller.getName();
        this.threshold = threshold;
    }

    /** Notes that a call has lasted for so long, and still does. */
    void lasts(long nanos, boolean isNew) {
        int before = count; // no other thread changes it
        count = isNew ? before + 1 : before;
        longestNanos = Math.max(longestNanos, nanos);
    }

    /** Returns whether a slow call was logged. */
    boolean isLogged() {
        return logged;
    }

    void logged() {
        logged = true;
    }

    /**
     * Returns the log text about the call that a thread is in.
     *
     * @param call the number of the call among the turns and calls of the thread
     */
    String firstText(ListenerTurn turn, long call, long nanos) {
        StackTraceElement[] frames = applicationFrames(turn.thread().getStackTrace());
        boolean returned = turn.calls() != call || frames.length == 0; // then they belong to something else
        StringBuilder text = new StringBuilder(512)
                .append(connection)
                .append(": a call of ")
                .append(listener)
                .append(" has held the thread \"")
                .append(turn.thread().getName())
                .append("\" for ")
                .append(TimeUnit.NANOSECONDS.toMillis(nanos))
                .append(" ms so far (slow-call-threshold is ")
                .append(threshold.toMillis())
                .append(" ms). The listener's isNonBlocking() returns true, so other connections and requests wait for")
                .append(" this thread. Let isNonBlocking() return false, or give slow work to an executor that")
                .append(" answers through connection.outbox(). More such calls of this connection are counted and")
                .append(" logged at its end. ")
                .append(returned ? "It returned before its stack could be taken." : "The thread is here:");
        for (StackTraceElement frame : returned ? new StackTraceElement[0] : frames) {
            text.append(System.lineSeparator()).append("\tat ").append(plain(frame));
        }
        return text.toString();
    }

    /** Returns the log text for the end of the connection. */
    String endText() {
        return connection + " has ended: " + count + (count == 1 ? " call of " : " calls of ") + listener
                + " took longer than " + threshold.toMillis() + " ms, the longest at least "
                + TimeUnit.NANOSECONDS.toMillis(longestNanos) + " ms";
    }

    /**
     * Returns the frames from the innermost one to the method of the listener or of a handler of control frames.
     * Returns none if the thread is in neither, for example while it sends what the listener has written.
     */
    private StackTraceElement[] applicationFrames(StackTraceElement[] stack) {
        int end = 0;
        while (end < stack.length && !isCaller(stack[end].getClassName())) {
            end++;
        }
        return end == stack.length ? new StackTraceElement[0] : Arrays.copyOf(stack, end);
    }

    private boolean isCaller(String className) {
        return className.equals(caller)
                || className.equals(WebSocketListener.class.getName())
                || className.equals(ControlFrameHandlers.class.getName());
    }

    /** Returns a frame without class loader and module, as an exception shows it. */
    private static StackTraceElement plain(StackTraceElement frame) {
        return new StackTraceElement(
                frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
    }
}
