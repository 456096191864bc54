package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The record of one conflict: what stands in the detector's slot from the moment of detection on. The second thread
 * makes it, without a stack at first, since a short write is over before a stack is taken. Each of the two publishes
 * its own stack here before it throws, and samples the other's where that one has not yet done so.
 */
final class Conflict {
    private final ConnectionId connection;
    private final DetectorLevel level;
    private final WriteDiscipline discipline;
    private final Kind kind;
    private final Instant time = Instant.now();

    /** Null where a discipline was broken before anybody had kept it. */
    private final Thread first;

    private final Thread second;
    private final Operation secondOperation;
    private final List<StackTraceElement> openedAt;

    /** The first thread's own account, set by it before it throws. */
    private volatile Writer firstPublished;

    /** The second thread's own account, likewise. */
    private volatile Writer secondPublished;

    /** What is known of the first without its doing; null until the second thread has looked. */
    private volatile Writer firstSampled;

    /** The exception of whichever thread built its own first: the cause of those of later writes. */
    private volatile ConcurrentWriteException reported;

    private final AtomicBoolean firstFailed = new AtomicBoolean();

    /** Completed once the log and all listeners know. */
    private final CompletableFuture<Void> told = new CompletableFuture<>();

    private Conflict(
            WriteDetector detector,
            Kind kind,
            Thread first,
            Writer firstSampled,
            Thread second,
            Operation secondOperation,
            StackTraceElement[] openedAt) {
        this.connection = detector.connection();
        this.level = detector.level();
        this.discipline = detector.discipline();
        this.kind = kind;
        this.first = first;
        this.firstSampled = firstSampled;
        this.second = second;
        this.secondOperation = secondOperation;
        this.openedAt = List.of(openedAt);
    }

    /** The second thread has come while the first is inside a call, and is in a hurry to say so. */
    static Conflict overlapping(WriteDetector detector, Thread first, Thread second, Operation secondOperation) {
        return new Conflict(
                detector, Kind.OVERLAPPING_CALLS, first, null, second, secondOperation, StackTraces.NO_STACK);
    }

    /** The second thread starts a message while the first holds one open; the traces are empty unless traced. */
    static Conflict interleaved(
            WriteDetector detector,
            Thread first,
            Thread second,
            Operation secondOperation,
            StackTraceElement[] lastEntry,
            StackTraceElement[] openedAt) {
        Writer holder = holder(first, lastEntry);
        return new Conflict(detector, Kind.INTERLEAVED_MESSAGE, first, holder, second, secondOperation, openedAt);
    }

    /**
     * The second thread writes against the declared discipline.
     *
     * @param first the last thread that kept it; null where none has written before
     * @param account what is known of that
     */
    static Conflict ofDiscipline(
            WriteDetector detector, Thread first, Writer account, Thread second, Operation secondOperation) {
        return new Conflict(
                detector, Kind.BROKEN_DISCIPLINE, first, account, second, secondOperation, StackTraces.NO_STACK);
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

    /** Whether the first thread was inside a call, which throws as it ends; else it fails at its next one. */
    boolean isOverlap() {
        return kind == Kind.OVERLAPPING_CALLS;
    }

    /** Whether the caller is the one who may fail as the first writer: true exactly once. */
    boolean claimFirst() {
        return firstFailed.compareAndSet(false, true);
    }

    /**
     * Builds the second thread's exception, once this conflict stands in the slot. Publishes its own stack first, so
     * that the first thread seldom has to sample it.
     */
    ConcurrentWriteException secondFails() {
        secondPublished = writer(second, secondOperation);
        sampleFirst();
        ConcurrentWriteReport report = report();
        return remember(exception(report, report.firstTrace()));
    }

    private void sampleFirst() {
        if (isOverlap() && firstPublished == null) {
            StackTraceElement[] stack = StackTraces.withoutDetector(first.getStackTrace());
            String operation = StackTraces.operationIn(stack);
            firstSampled = new Writer(StackTraces.nameOf(first), operation, Instant.now(), List.of(stack));
        } else if (isInterleaved() && firstSampled.stack().isEmpty()) {
            firstSampled = holder(first, StackTraces.withoutDetector(first.getStackTrace()));
        }
    }

    /** Builds the first thread's exception and publishes its stack. */
    ConcurrentWriteException firstFails(Thread thread, Operation operation) {
        firstPublished = writer(thread, operation);
        ConcurrentWriteReport report = report();
        return remember(exception(report, report.secondTrace()));
    }

    /** Builds the exception of any call that comes after the two. */
    ConcurrentWriteException laterFails(Operation operation) {
        ConcurrentWriteException known = reported;
        Throwable cause = known != null ? known : exception(report(), null);
        return new ConcurrentWriteException(
                operation.methodName() + " on WebSocket connection " + connection
                        + ", whose write side was failed by an earlier concurrent write (see the cause)",
                report(),
                cause,
                told);
    }

    /** The log and all listeners know of this; what waits for that happens now. */
    void everybodyTold() {
        told.complete(null);
    }

    ConcurrentWriteReport report() {
        return new ConcurrentWriteReport(
                connection,
                time,
                kind,
                level,
                discipline.toString(),
                discipline.breach(),
                firstWriter(),
                secondWriter(),
                openedAt);
    }

    private Writer firstWriter() {
        Writer published = firstPublished;
        if (published != null && isOverlap()) {
            return published;
        }
        Writer sampled = firstSampled;
        return sampled != null ? sampled : new Writer(StackTraces.nameOf(first), "a write", time, List.of());
    }

    /**
     * The second thread stays inside its write until it has published its stack, so one that is sampled before that is
     * from there as well.
     */
    private Writer secondWriter() {
        if (secondPublished == null) {
            StackTraceElement[] stack = StackTraces.withoutDetector(second.getStackTrace());
            Writer sampled = new Writer(StackTraces.nameOf(second), secondOperation.methodName(), time, List.of(stack));
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

    private ConcurrentWriteException exception(ConcurrentWriteReport report, WriterTrace cause) {
        return new ConcurrentWriteException(report.logMessage(), report, cause, told);
    }

    private static Writer writer(Thread thread, Operation operation) {
        return new Writer(
                StackTraces.nameOf(thread),
                operation.methodName(),
                Instant.now(),
                List.of(StackTraces.ofCaller(new Throwable())));
    }

    private static Writer holder(Thread thread, StackTraceElement[] stack) {
        return new Writer(StackTraces.nameOf(thread), "an unfinished message", Instant.now(), List.of(stack));
    }
}
