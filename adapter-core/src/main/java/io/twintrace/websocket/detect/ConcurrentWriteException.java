package io.twintrace.websocket.detect;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * Thrown to both threads when two threads write to one connection at once. The exception has the stack trace of its own
 * thread, and its {@linkplain #getCause() cause} has that of the other thread, so one logged exception shows both
 * writers. An exception that the failed call threw itself is {@linkplain #getSuppressed() suppressed} under it.
 *
 * <p>The write side of the connection fails for good, and the peer is sent Close 1011. Every later write throws this
 * exception too, with the first conflict as its cause.
 *
 * <p>Unchecked, so that a {@code catch (IOException)} around a broadcast does not hide a bug. To fix it, see
 * {@code docs/concurrent-writes.md}, which is also in the jar at {@value #HELP_RESOURCE}.
 */
public final class ConcurrentWriteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The path in the jar of the page that explains how to fix concurrent writes. */
    public static final String HELP_RESOURCE = "META-INF/twintrace/concurrent-writes.md";

    static final String HELP = "docs/concurrent-writes.md (in the jar: " + HELP_RESOURCE + ")";

    static final String HELP_ELSEWHERE =
            "docs/existing-applications.md (in the jar: META-INF/twintrace/existing-applications.md)";

    private final transient ConcurrentWriteReport report;

    private final transient CompletableFuture<Void> told;

    /**
     * @param stack of the failed call; empty to use the calling thread's current stack
     * @param told completed once the log and all listeners know of the conflict
     */
    ConcurrentWriteException(
            String message,
            ConcurrentWriteReport report,
            List<StackTraceElement> stack,
            Throwable cause,
            CompletableFuture<Void> told) {
        super(message, cause);
        setStackTrace(stack.isEmpty() ? StackTraces.ofThisThread() : stack.toArray(StackTraces.NO_STACK));
        this.report = Objects.requireNonNull(report, "report");
        this.told = Objects.requireNonNull(told, "told");
    }

    /** Does nothing: the JVM's own record of the stack would keep the application's classes in memory. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /** {@return the report with both threads, operations and stacks; null after deserialization} */
    public ConcurrentWriteReport report() {
        return report;
    }

    /**
     * Runs an action once the log and all listeners know of this conflict. If they already do, this thread runs it now.
     * Otherwise the notifying thread runs it soon. Use this for log lines about consequences, so that they follow the
     * report. The action must be quick. Its exceptions are dropped.
     *
     * @param action run at most once
     */
    public void whenReported(Runnable action) {
        if (told == null) { // after deserialization
            action.run();
        } else {
            CompletableFuture<Void> unused = told.thenRun(action);
        }
    }

    /** Carries the stack trace of one of the two threads, such as the cause of a {@link ConcurrentWriteException}. */
    public static final class WriterTrace extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /**
         * @param label precedes the outermost frame. Printers of causes leave out frames that both stacks have in
         *     common. The label keeps the second stack complete when two threads run the same code.
         */
        WriterTrace(String line, List<StackTraceElement> stack, String label, WriterTrace cause) {
            super(line, cause, false, true);
            setStackTrace(StackTraces.labeled(stack, label));
        }

        /** Does nothing, as above. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
