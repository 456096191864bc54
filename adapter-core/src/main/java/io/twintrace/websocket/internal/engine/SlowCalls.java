package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What the log is told of a connection whose listener says that it never blocks, and does: the first call with its
 * stack, and at the end how many there were. Written by the sampling thread.
 */
final class SlowCalls {
    private final WebSocketConnection connection;
    private final String listener;
    private final Duration threshold;

    private volatile int count;
    private volatile long longestNanos;
    private volatile boolean logged;

    SlowCalls(WebSocketConnection connection, WebSocketListener listener, Duration threshold) {
        this.connection = connection;
        this.listener = listener.getClass().getName();
        this.threshold = threshold;
    }

    /** A call has lasted for so long, and still does. */
    void lasts(long nanos, boolean isNew) {
        int before = count; // changed by no other thread
        count = isNew ? before + 1 : before;
        longestNanos = Math.max(longestNanos, nanos);
    }

    /** Whether the log was told of one. */
    boolean isLogged() {
        return logged;
    }

    void logged() {
        logged = true;
    }

    /** What to log of the call that a thread is in, with that number of its turns and calls. */
    String firstText(WriteBatch turn, long call, long nanos) {
        StackTraceElement[] frames = applicationFrames(turn.thread().getStackTrace());
        boolean returned = turn.calls() != call || frames.length == 0; // then they are of something else
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
                .append(" this thread. Let isNonBlocking() return false, or leave what takes long to an executor that")
                .append(" answers through connection.outbox(). More such calls of this connection are counted and")
                .append(" logged at its end. ")
                .append(returned ? "It returned before its stack could be taken." : "The thread is here:");
        for (StackTraceElement frame : returned ? new StackTraceElement[0] : frames) {
            text.append(System.lineSeparator()).append("\tat ").append(plain(frame));
        }
        return text.toString();
    }

    /** What to log at the end of the connection. */
    String endText() {
        return connection + " has ended: " + count + (count == 1 ? " call of " : " calls of ") + listener
                + " took longer than " + threshold.toMillis() + " ms, the longest at least "
                + TimeUnit.NANOSECONDS.toMillis(longestNanos) + " ms";
    }

    /**
     * From the innermost frame to the listener's method, or that of a handler of control frames. None where the thread
     * is in neither, such as while it sends what the listener has written.
     */
    private static StackTraceElement[] applicationFrames(StackTraceElement[] stack) {
        int end = 0;
        while (end < stack.length && !isCaller(stack[end].getClassName())) {
            end++;
        }
        return end == stack.length ? new StackTraceElement[0] : Arrays.copyOf(stack, end);
    }

    private static boolean isCaller(String className) {
        return className.equals(ListenerCalls.class.getName())
                || className.equals(WebSocketListener.class.getName())
                || className.equals(FrameReader.class.getName());
    }

    /** Without class loader and module, as an exception shows it. */
    private static StackTraceElement plain(StackTraceElement frame) {
        return new StackTraceElement(
                frame.getClassName(), frame.getMethodName(), frame.getFileName(), frame.getLineNumber());
    }
}
