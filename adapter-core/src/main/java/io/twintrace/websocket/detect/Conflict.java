package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The record of one conflict: what stands in the detector's slot from the moment of detection on. The second thread makes
 * it, without a stack at first, since a short write is over before a stack is taken. Each of the two publishes its own
 * stack here before it throws, and samples the other's where that one has not yet done so.
 */
final class Conflict {
    private final String connection;
    private final DetectorLevel level;
    private final Kind kind;
    private final Instant time = Instant.now();
    private final Thread first;
    private final Thread second;
    private final Operation secondOperation;
    private final List<StackTraceElement> openedAt;

    /** The first thread's own account, set by it before it throws. */
    private volatile Writer firstPublished;

    /** The second thread's own account, likewise. */
    private volatile Writer secondPublished;

    /** What the second thread saw of the first; null until it has looked. */
    private volatile Writer firstSampled;

    /** The exception of whichever thread built its own first: the cause of those of later writes. */
    private volatile ConcurrentWriteException reported;

    private final AtomicBoolean firstFailed = new AtomicBoolean();

    private Conflict(
            String connection,
            DetectorLevel level,
            Kind kind,
            Thread first,
            Writer firstSampled,
            Thread second,
            Operation secondOperation,
            List<StackTraceElement> openedAt) {
        this.connection = connection;
        this.level = level;
        this.kind = kind;
        this.first = first;
        this.firstSampled = firstSampled;
        this.second = second;
        this.secondOperation = secondOperation;
        this.openedAt = openedAt;
    }

    /** The second thread has come while the first is inside a call, and is in a hurry to say so. */
    static Conflict overlapping(
            String connection, DetectorLevel level, Thread first, Thread second, Operation secondOperation) {
        return new Conflict(connection, level, Kind.OVERLAPPING_CALLS, first, null, second, secondOperation, List.of());
    }

    /** The second thread starts a message while the first holds one open; the traces are empty unless traced. */
    static Conflict interleaved(
            String connection,
            DetectorLevel level,
            Thread first,
            Thread second,
            Operation secondOperation,
            StackTraceElement[] lastEntry,
            StackTraceElement[] openedAt) {
        Writer holder = new Writer(nameOf(first), "an unfinished message", List.of(lastEntry));
        return new Conflict(
                connection, level, Kind.INTERLEAVED_MESSAGE, first, holder, second, secondOperation, List.of(openedAt));
    }

    boolean isFirst(Thread thread) {
        return thread == first;
    }

    boolean isSecond(Thread thread) {
        return thread == second;
    }

    boolean isInterleaved() {
        return kind == Kind.INTERLEAVED_MESSAGE;
    }

    /** Whether the caller is the one who may fail as the first writer: true exactly once. */
    boolean claimFirst() {
        return firstFailed.compareAndSet(false, true);
    }

    /**
     * Builds the second thread's exception, once this conflict stands in the slot. Publishes its own stack first, so that
     * the first thread seldom has to sample it.
     */
    ConcurrentWriteException secondFails() {
        secondPublished = writer(second, secondOperation);
        sampleFirst();
        ConcurrentWriteReport report = report();
        WriterTrace other = new WriterTrace("first", report.first(), null);
        return remember(exception(report, other));
    }

    private void sampleFirst() {
        Writer holder = firstSampled;
        boolean known = isInterleaved() ? !holder.stack().isEmpty() : firstPublished != null;
        if (!known) {
            StackTraceElement[] stack = StackTraces.withoutDetector(first.getStackTrace());
            String operation = holder != null ? holder.operation() : StackTraces.operationIn(stack);
            firstSampled = new Writer(nameOf(first), operation, List.of(stack));
        }
    }

    /** Builds the first thread's exception and publishes its stack. */
    ConcurrentWriteException firstFails(Thread thread, Operation operation) {
        firstPublished = writer(thread, operation);
        ConcurrentWriteReport report = report();
        WriterTrace other = new WriterTrace("second", report.second(), null);
        return remember(exception(report, other));
    }

    /** Builds the exception of any call that comes after the two. */
    ConcurrentWriteException laterFails(Operation operation) {
        ConcurrentWriteException known = reported;
        Throwable cause = known != null ? known : exception(report(), null);
        return new ConcurrentWriteException(
                operation.methodName() + " on WebSocket connection " + connection
                        + ", whose write side was failed by an earlier concurrent write (see the cause)",
                report(),
                cause);
    }

    ConcurrentWriteReport report() {
        return new ConcurrentWriteReport(connection, time, kind, level, firstWriter(), secondWriter(), openedAt);
    }

    private Writer firstWriter() {
        Writer published = firstPublished;
        if (published != null && !isInterleaved()) {
            return published;
        }
        Writer sampled = firstSampled;
        return sampled != null ? sampled : new Writer(nameOf(first), "a write", List.of());
    }

    /**
     * The second thread stays inside its write until it has published its stack, so one that is sampled before that is
     * from there as well.
     */
    private Writer secondWriter() {
        if (secondPublished == null) {
            StackTraceElement[] stack = StackTraces.withoutDetector(second.getStackTrace());
            Writer sampled = new Writer(nameOf(second), secondOperation.methodName(), List.of(stack));
            if (secondPublished == null) {
                return sampled;
            }
        }
        return secondPublished;
    }

    private ConcurrentWriteException remember(ConcurrentWriteException exception) {
        reported = exception;
        return exception;
    }

    private static ConcurrentWriteException exception(ConcurrentWriteReport report, Throwable cause) {
        return new ConcurrentWriteException(report.logMessage(), report, cause);
    }

    private static Writer writer(Thread thread, Operation operation) {
        return new Writer(nameOf(thread), operation.methodName(), List.of(StackTraces.ofCaller(new Throwable())));
    }

    /** Virtual threads have no name unless given one, so the number stands beside it. */
    private static String nameOf(Thread thread) {
        return '"' + thread.getName() + "\" (#" + thread.getId() + ')';
    }
}
