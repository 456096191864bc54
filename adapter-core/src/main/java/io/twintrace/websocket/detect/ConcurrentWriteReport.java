package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import java.time.Instant;
import java.util.List;

/**
 * What the detector saw. Holds thread names, operations, stack traces and the connection's name; never a header, a
 * cookie or payload.
 *
 * @param connection the connection's name: its number and the path it was opened on
 * @param time when the conflict was detected
 * @param kind whether two calls overlapped or a message was about to be cut in half
 * @param level the detector's level
 * @param first the thread that was inside a write, or had a message open
 * @param second the thread that came while it was
 * @param openedAt where the first thread opened its message; empty unless the kind is {@link Kind#INTERLEAVED_MESSAGE}
 *     and the level is {@link DetectorLevel#TRACED}
 */
public record ConcurrentWriteReport(
        String connection,
        Instant time,
        Kind kind,
        DetectorLevel level,
        Writer first,
        Writer second,
        List<StackTraceElement> openedAt) {

    /** In which way the two threads collided. */
    public enum Kind {
        /** Two write calls overlapped in time. */
        OVERLAPPING_CALLS,
        /** One thread had a message open, with no call running, and another thread started one. */
        INTERLEAVED_MESSAGE
    }

    /**
     * One of the two threads.
     *
     * @param thread the thread's name and number
     * @param operation the write method it was in; for the holder of an open message, what it holds open
     * @param stack its stack, the innermost frame first; for a holder of an open message, where it is
     *     now or, at level TRACED, where its latest write call came in
     */
    public record Writer(String thread, String operation, List<StackTraceElement> stack) {}

    /** One line that names the connection, both threads and both operations. */
    public String summary() {
        return switch (kind) {
            case OVERLAPPING_CALLS ->
                "Concurrent write to WebSocket connection " + connection + ": thread " + second.thread + " called "
                        + second.operation + " while thread " + first.thread + " was in " + first.operation;
            case INTERLEAVED_MESSAGE ->
                "Concurrent write to WebSocket connection " + connection + ": thread " + second.thread + " called "
                        + second.operation + " while thread " + first.thread
                        + " had an unfinished message open";
        };
    }

    /**
     * Both stacks as a throwable, the second writer's on top and the first writer's as its cause: what a logger prints
     * whole, where it might fold a text of many lines into one.
     */
    public Throwable asThrowable() {
        return new WriterTrace("second", second, new WriterTrace("first", first, openingTrace()));
    }

    private Throwable openingTrace() {
        return openedAt.isEmpty()
                ? null
                : new WriterTrace("first", new Writer(first.thread, "nextWriter, opening the message", openedAt), null);
    }

    /** What to log along with {@link #asThrowable()}: the summary, what follows, and where the repair is described. */
    public String logMessage() {
        return summary() + ". Both calls fail, the connection is closed with 1011. How to fix it: "
                + ConcurrentWriteException.HELP;
    }

    /** The whole report as text of many lines: {@link #logMessage()} and both stacks. */
    public String render() {
        StringBuilder text = new StringBuilder(4096);
        text.append(logMessage()).append('\n');
        append(text, "First writer: thread " + first.thread + " in " + first.operation, first.stack);
        if (!openedAt.isEmpty()) {
            append(text, "Its message was opened here", openedAt);
        } else if (kind == Kind.INTERLEAVED_MESSAGE) {
            text.append(
                    "    (where that thread is now; detector level TRACED also keeps where it opened the message)\n");
        }
        append(text, "Second writer: thread " + second.thread + " in " + second.operation, second.stack);
        return text.toString();
    }

    private static void append(StringBuilder text, String title, List<StackTraceElement> stack) {
        text.append(title).append('\n');
        if (stack.isEmpty()) {
            text.append("    (no stack: the thread has ended)\n");
        }
        for (StackTraceElement frame : stack) {
            text.append("    at ").append(frame).append('\n');
        }
    }
}
