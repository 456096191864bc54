package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The record of one conflict: what stands in the detector's slot from the moment of detection on. The second thread makes
 * it, its own stack included, before it becomes visible; the first thread publishes its stack in it before it throws.
 */
final class Conflict {
    private final String connection;
    private final DetectorLevel level;
    private final Kind kind;
    private final Instant time = Instant.now();
    private final Thread first;
    private final Writer second;
    private final List<StackTraceElement> openedAt;

    /** The first thread's own account, set by it before it throws. */
    private volatile Writer firstPublished;

    /** What the second thread saw of the first, until there is better. */
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
            Writer second,
            StackTraceElement[] openedAt) {
        this.connection = connection;
        this.level = level;
        this.kind = kind;
        this.first = first;
        this.firstSampled = firstSampled;
        this.second = second;
        this.openedAt = List.of(openedAt);
    }

    /** The second thread has come while the first is inside a call. */
    static Conflict overlapping(
            String connection, DetectorLevel level, Thread first, Thread second, Operation secondOperation) {
        Writer unknown = new Writer(nameOf(first), "a write", List.of());
        Writer caller = writer(second, secondOperation);
        return new Conflict(
                connection, level, Kind.OVERLAPPING_CALLS, first, unknown, caller, new StackTraceElement[0]);
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
        Writer caller = writer(second, secondOperation);
        return new Conflict(connection, level, Kind.INTERLEAVED_MESSAGE, first, holder, caller, openedAt);
    }

    boolean isFirst(Thread thread) {
        return thread == first;
    }

    boolean isInterleaved() {
        return kind == Kind.INTERLEAVED_MESSAGE;
    }

    /** Whether the caller is the one who may fail as the first writer: true exactly once. */
    boolean claimFirst() {
        return firstFailed.compareAndSet(false, true);
    }

    /** The second thread's view of the first: to be taken only after this conflict stands in the slot. */
    void sampleFirst() {
        if (firstSampled.stack().isEmpty()) {
            StackTraceElement[] stack = StackTraces.withoutDetector(first.getStackTrace());
            String operation = isInterleaved() ? firstSampled.operation() : StackTraces.operationIn(stack);
            firstSampled = new Writer(firstSampled.thread(), operation, List.of(stack));
        }
    }

    /** Builds the second thread's exception. A stack that the first has published is preferred to a sampled one. */
    ConcurrentWriteException secondFails() {
        ConcurrentWriteReport report = report();
        WriterTrace other = new WriterTrace("first", report.first(), null);
        return remember(exception(report, other));
    }

    /** Builds the first thread's exception and publishes its stack. */
    ConcurrentWriteException firstFails(Thread thread, Operation operation) {
        firstPublished = writer(thread, operation);
        WriterTrace other = new WriterTrace("second", second, null);
        return remember(exception(report(), other));
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
        Writer published = firstPublished;
        Writer known = published != null && !isInterleaved() ? published : firstSampled;
        return new ConcurrentWriteReport(connection, time, kind, level, known, second, openedAt);
    }

    private ConcurrentWriteException remember(ConcurrentWriteException exception) {
        reported = exception;
        return exception;
    }

    private static ConcurrentWriteException exception(ConcurrentWriteReport report, Throwable cause) {
        return new ConcurrentWriteException(
                report.summary() + ". Both fail, and the connection is closed with 1011. How to fix it: "
                        + ConcurrentWriteException.HELP,
                report,
                cause);
    }

    private static Writer writer(Thread thread, Operation operation) {
        return new Writer(nameOf(thread), operation.methodName(), List.of(StackTraces.ofCaller(new Throwable())));
    }

    /** Virtual threads have no name unless given one, so the number stands beside it. */
    private static String nameOf(Thread thread) {
        return '"' + thread.getName() + "\" (#" + thread.getId() + ')';
    }
}
