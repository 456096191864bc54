package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What the detector saw. Holds thread names, operations, stack traces and the connection's name; never a header, a
 * cookie or payload.
 *
 * @param connection the connection's number and the path it was opened on
 * @param time when the conflict was detected
 * @param kind in which way the two threads collided
 * @param level the detector's level
 * @param discipline by which rule the application had declared to write, to be read after "writes are"
 * @param breach in which way that was broken, for the kind {@link Kind#BROKEN_DISCIPLINE}
 * @param first the thread that was inside a write, had a message open, or was the last to keep the discipline; where
 *     writes are left to the outbox, the one that made the first offer
 * @param second the thread that came while it was, or broke the discipline
 * @param openedAt where the first thread opened its message; empty unless the kind is {@link Kind#INTERLEAVED_MESSAGE}
 *     and the level is {@link DetectorLevel#TRACED}
 * @param messageArrived whether something of a message has arrived from the peer since the first thread's call began, so
 *     that the second may have been answering it; only for the kind {@link Kind#OVERLAPPING_CALLS}
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
        boolean messageArrived) {

    /** In which way the two threads collided. */
    public enum Kind {
        /** Two write calls overlapped in time. */
        OVERLAPPING_CALLS,
        /** One thread had a message open, with no call running, and another thread started one. */
        INTERLEAVED_MESSAGE,
        /** A thread wrote against the declared {@link WriteDiscipline}, whether or not anything overlapped. */
        BROKEN_DISCIPLINE
    }

    /**
     * One of the two threads.
     *
     * @param thread the thread's name and number; for a discipline that was broken before anybody kept it, says so
     * @param operation the write method it was in; for the holder of an open message, what it holds open
     * @param time when it was there: when its stack was taken, or for the last keeper of a discipline, when it last
     *     wrote; the stack of a first offer was taken as it was made, and is its innermost part
     * @param stack its stack, the innermost frame first; for a holder of an open message, where it is now or, at level
     *     TRACED, where its latest write call came in; for the last keeper of a discipline, empty but at that level
     * @param ended whether the thread had ended, with the message still open
     */
    public record Writer(String thread, String operation, Instant time, List<StackTraceElement> stack, boolean ended) {
        static final String OPEN_MESSAGE = "an unfinished message";

        /**
         * One that has not ended.
         *
         * @param thread its name and number
         * @param operation the write method it was in
         * @param time when it was there
         * @param stack the innermost frame first
         */
        public Writer(String thread, String operation, Instant time, List<StackTraceElement> stack) {
            this(thread, operation, time, stack, false);
        }

        /**
         * {@return the application's code nearest to the write: the innermost frame that is neither ours nor the
         * container's}
         */
        public Optional<StackTraceElement> applicationFrame() {
            return StackTraces.applicationFrame(stack);
        }
    }

    /**
     * {@return one line with the connection and, of both threads, the application's method, the operation and the name}
     */
    public String summary() {
        return ReportText.summary(this);
    }

    /**
     * {@return what to log along with {@link #asThrowable()}: the summary, what follows, and where the repair is
     * described}
     */
    public String logMessage() {
        return ReportText.logMessage(this);
    }

    /**
     * {@return the whole report as text of many lines: {@link #logMessage()} and both stacks, each with a mark at the
     * {@linkplain Writer#applicationFrame() application's frame}}
     */
    public String render() {
        return ReportText.render(this);
    }

    /**
     * {@return both stacks as a throwable: the second writer's on top, the first writer's as its cause} A logger prints
     * it whole, where it might fold a text of many lines into one.
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
     * Null where there is none, or where the thread's latest call is the one that opened it, so that one stack tells
     * all.
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
