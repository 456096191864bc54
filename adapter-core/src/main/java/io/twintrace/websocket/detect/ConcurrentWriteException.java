package io.twintrace.websocket.detect;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Two threads wrote to one connection at once. Both of them get one of these: its own stack trace is this thread's, and
 * that of its {@linkplain #getCause() cause} is the other thread's, so one logged exception names both writers.
 * Whatever the failed call threw of its own is {@linkplain #getSuppressed() suppressed} under it.
 *
 * <p>The write side of the connection is failed for good and the peer is sent Close 1011. Every later write throws one
 * of these too, with the first conflict as its cause.
 *
 * <p>Unchecked, so that a {@code catch (IOException)} around a broadcast does not swallow a bug. How to repair it:
 * {@code docs/concurrent-writes.md}, which is also inside the jar at {@value #HELP_RESOURCE}.
 */
public final class ConcurrentWriteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Where the page that explains the repair stands inside the jar. */
    public static final String HELP_RESOURCE = "META-INF/twintrace/concurrent-writes.md";

    static final String HELP = "docs/concurrent-writes.md (in the jar: " + HELP_RESOURCE + ")";

    private final transient ConcurrentWriteReport report;

    private final transient CompletableFuture<Void> told;

    /**
     * @param stack of the failed call; empty for the calling thread's as it is
     * @param told completed once the log and all listeners know of the conflict
     */
    ConcurrentWriteException(
            String message,
            ConcurrentWriteReport report,
            List<StackTraceElement> stack,
            Throwable cause,
            CompletableFuture<Void> told) {
        super(message, cause);
        if (!stack.isEmpty()) {
            setStackTrace(stack.toArray(StackTraces.NO_STACK));
        }
        this.report = Objects.requireNonNull(report, "report");
        this.told = Objects.requireNonNull(told, "told");
    }

    /** {@return the report: both threads, both operations and both stacks; null once this was serialised} */
    public ConcurrentWriteReport report() {
        return report;
    }

    /**
     * Runs an action once the log and all listeners know of this conflict: now if they do, else soon, on the thread
     * that tells them. For log lines about what the conflict has led to, which belong behind its report. The action
     * must be quick; what it throws is dropped.
     *
     * @param action run at most once
     */
    public void whenReported(Runnable action) {
        if (told == null) { // was serialised
            action.run();
        } else {
            CompletableFuture<Void> unused = told.thenRun(action);
        }
    }

    /** Carries the stack trace of one of the two threads, such as the cause of a {@link ConcurrentWriteException}. */
    public static final class WriterTrace extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /**
         * @param label stands before the outermost frame: where two threads run the same code, what prints causes would
         *     else take their common frames for the same ones, and leave them out of the second stack
         */
        WriterTrace(String line, List<StackTraceElement> stack, String label, WriterTrace cause) {
            super(line, cause, false, true);
            setStackTrace(StackTraces.labelled(stack, label));
        }
    }
}
