package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Describes a conflict. Contains thread names, operations, stack traces and the connection's name, but never a header,
 * a cookie or payload.
 *
 * @param connection the connection's number and the path it was opened on
 * @param time when the conflict was detected
 * @param kind how the two threads collided
 * @param level the detector's level
 * @param discipline the declared rule for writes, as the end of a sentence that begins "writes are"
 * @param breach how a call broke the rule, for the kind {@link Kind#BROKEN_DISCIPLINE}
 * @param first the thread that was inside a write, had a message open, had begun a send, or was the last to keep the
 *     discipline; if writes are left to the outbox, the thread that made the first offer
 * @param second the thread that came second, or broke the discipline
 * @param openedAt where the first thread opened its message; empty unless the kind is {@link Kind#INTERLEAVED_MESSAGE}
 *     and the level is {@link DetectorLevel#TRACED}
 * @param consequence what the conflict leads to
 * @param messageArrived whether message data has arrived from the peer since the first thread's call began, so that the
 *     second thread may be answering it; only for the kind {@link Kind#OVERLAPPING_CALLS}
 */
public record ConcurrentWriteReport(
        ConnectionId connection,
        Instant time,
        Kind kind,
        DetectorLevel level,
        String discipline,
        String breach,
        Writer first,
        Writer second,
        List<StackTraceElement> openedAt,
        Consequence consequence,
        boolean messageArrived) {

    /** What a conflict leads to. */
    public enum Consequence {
        /** Both calls fail, and the connection is closed with 1011. */
        CONNECTION_CLOSED,
        /** Both calls fail, and so does every later one. The connection is another engine's, and stays open. */
        CALLS_FAIL,
        /** Nothing: the connection is another engine's, which handles the calls in its own way. */
        ONLY_REPORTED
    }

    /** How the two threads collided. */
    public enum Kind {
        /** Two write calls overlapped in time. */
        OVERLAPPING_CALLS,
        /** One thread had a message open, with no call running, and another thread started a message. */
        INTERLEAVED_MESSAGE,
        /**
         * An {@linkplain AsynchronousSend asynchronous send} was not complete when a thread sent something. It may be
         * the same thread.
         */
        INCOMPLETE_SEND,
        /** A thread broke the declared {@link WriteDiscipline}, whether or not calls overlapped. */
        BROKEN_DISCIPLINE
    }

    /**
     * One of the two threads.
     *
     * @param thread the thread's name and number; says so if no thread had kept a broken discipline yet
     * @param operation the write method it was in; for the holder of an open message, the open message; for an
     *     asynchronous send, that it was one
     * @param time when its stack was taken; for the last keeper of a discipline, when it last wrote; for a first offer,
     *     when it was made
     * @param stack its stack, the innermost frame first. For the holder of an open message, its current stack, or the
     *     stack of its latest write call at level TRACED. For an asynchronous send, that of its call. For the last
     *     keeper of a discipline, empty below that level. For a first offer, only the innermost part.
     * @param ended whether the thread had ended, with the message still open
     */
    public record Writer(String thread, String operation, Instant time, List<StackTraceElement> stack, boolean ended) {
        static final String OPEN_MESSAGE = "an unfinished message";

        /**
         * Creates a writer whose thread has not ended.
         *
         * @param thread its name and number
         * @param operation the write method it was in
         * @param time when its stack was taken
         * @param stack the innermost frame first
         */
        public Writer(String thread, String operation, Instant time, List<StackTraceElement> stack) {
            this(thread, operation, time, stack, false);
        }

        /**
         * {@return the innermost frame that belongs to neither the library nor the container: the application's code
         * nearest to the write}
         */
        public Optional<StackTraceElement> applicationFrame() {
            return StackTraces.applicationFrame(stack);
        }
    }

    /**
     * {@return one line with the connection and, for both threads, the application's method, the operation and the
     * name}
     */
    public String summary() {
        return ReportText.summary(this);
    }

    /** {@return the message to log with {@link #asThrowable()}: the summary, the consequences, and how to fix it} */
    public String logMessage() {
        return ReportText.logMessage(this);
    }

    /**
     * {@return the whole report as text of many lines: {@link #logMessage()} and both stacks, each with a mark at its
     * {@linkplain Writer#applicationFrame() application frame}}
     */
    public String render() {
        return ReportText.render(this);
    }

    /**
     * {@return both stacks as a throwable: the second writer's on top, the first writer's as its cause} A logger prints
     * it completely, but might fold a text of many lines into one.
     */
    public Throwable asThrowable() {
        return new WriterTrace(
                ReportText.trace(ReportText.secondRole(kind), kind, second), second.stack, second.thread, firstTrace());
    }

    WriterTrace firstTrace() {
        String line = ReportText.trace(ReportText.firstRole(kind, first), kind, first);
        return new WriterTrace(line, first.stack, first.thread, openingTrace());
    }

    /**
     * Returns null if there is no trace, or if the thread's latest call also opened the message, so that one stack says
     * everything.
     */
    private WriterTrace openingTrace() {
        Optional<StackTraceElement> opener = StackTraces.applicationFrame(openedAt);
        if (openedAt.isEmpty() || (opener.isPresent() && opener.equals(first.applicationFrame()))) {
            return null;
        }
        return new WriterTrace(
                "the first writer opened its message here", openedAt, first.thread + ", when it opened", null);
    }

    WriterTrace secondTrace() {
        return new WriterTrace(
                ReportText.trace(ReportText.secondRole(kind), kind, second), second.stack, second.thread, null);
    }
}
