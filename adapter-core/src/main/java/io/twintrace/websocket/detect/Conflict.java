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
 * its own stack here before it throws, and samples the other's where that one has not yet done so. Keeps neither thread
 * reachable.
 */
final class Conflict {
    private final ConnectionId connection;
    private final DetectorLevel level;
    private final WriteDiscipline discipline;
    private final ConflictResponse response;
    private final Kind kind;
    private final Instant time = Instant.now();

    /** Nobody's where a discipline was broken before anybody had kept it. */
    private final KnownThread first;

    private final KnownThread second;
    private final Operation secondOperation;
    private final List<StackTraceElement> openedAt;

    /** What the first thread was inside of, by the detector's own record; null where it had not said so yet. */
    private volatile Operation firstOperation;

    /** Whether the peer has sent something since that operation began. */
    private volatile boolean messageArrived;

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

    /** Whether the log and the listeners still wait for the report, since the second thread could not build it. */
    private final AtomicBoolean reportPending = new AtomicBoolean();

    private Conflict(
            WriteDetector detector,
            Kind kind,
            KnownThread first,
            Writer firstSampled,
            Thread second,
            Operation secondOperation,
            StackTraceElement[] openedAt) {
        this.connection = detector.connection();
        this.level = detector.level();
        this.discipline = detector.discipline();
        this.response = detector.onConflict();
        this.kind = kind;
        this.first = first;
        this.firstSampled = firstSampled;
        this.second = new KnownThread(second);
        this.secondOperation = secondOperation;
        this.openedAt = List.of(openedAt);
    }

    /** The second thread has come while the first is inside a call, and is in a hurry to say so. */
    static Conflict overlapping(WriteDetector detector, Thread first, Thread second, Operation secondOperation) {
        return new Conflict(
                detector,
                Kind.OVERLAPPING_CALLS,
                new KnownThread(first),
                null,
                second,
                secondOperation,
                StackTraces.NO_STACK);
    }

    /** The second thread starts a message while the first holds one open; the traces are empty unless traced. */
    static Conflict interleaved(
            WriteDetector detector,
            KnownThread first,
            Thread second,
            Operation secondOperation,
            StackTraceElement[] lastEntry,
            StackTraceElement[] openedAt) {
        Writer holder = lastEntry.length == 0 ? null : holder(first, lastEntry);
        return new Conflict(detector, Kind.INTERLEAVED_MESSAGE, first, holder, second, secondOperation, openedAt);
    }

    /**
     * The second thread writes against the declared discipline.
     *
     * @param first the last thread that kept it; nobody's where none has written before
     * @param account what is known of that
     */
    static Conflict ofDiscipline(
            WriteDetector detector, KnownThread first, Writer account, Thread second, Operation secondOperation) {
        return new Conflict(
                detector, Kind.BROKEN_DISCIPLINE, first, account, second, secondOperation, StackTraces.NO_STACK);
    }

    /** What the connection does about this. */
    ConflictResponse response() {
        return response;
    }

    boolean isFirst(Thread thread) {
        return first.is(thread);
    }

    boolean isSecond(Thread thread) {
        return second.is(thread);
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
     * What the detector knows of the first thread, before anything else is done with this.
     *
     * @param operation what it is inside of, or null
     * @param arrived whether the peer has sent something since that began
     */
    void firstIsInside(Operation operation, boolean arrived) {
        firstOperation = operation;
        messageArrived = arrived;
    }

    /** Leaves the report to the next thread that fails. Called where the second thread cannot build its own. */
    void postponeReport() {
        reportPending.set(true);
    }

    /** Whether the report was postponed, and nobody has claimed it yet. */
    boolean isReportPending() {
        return reportPending.get();
    }

    /** Whether the caller must report this in place of the second thread: true at most once. */
    boolean claimReport() {
        return reportPending.get() && reportPending.compareAndSet(true, false);
    }

    /** Whether some thread has built its exception, and so may have looked for a pending report already. */
    boolean hasFailedAThread() {
        return reported != null;
    }

    /**
     * Builds the second thread's exception, once this conflict stands in the slot. Publishes its own stack first, so
     * that the first thread seldom has to sample it.
     */
    ConcurrentWriteException secondFails() {
        secondPublished = writer(second, secondOperation);
        sampleFirst();
        ConcurrentWriteReport report = report();
        return remember(exception(report, secondPublished, report.firstTrace()));
    }

    /** The same for want of memory. */
    ConcurrentWriteException secondFailsWithoutStacks() {
        if (secondPublished == null) {
            secondPublished = new Writer(second.toString(), secondOperation.methodName(), time, List.of());
        }
        ConcurrentWriteReport report = report();
        return remember(exception(report, secondPublished, report.firstTrace()));
    }

    /** Looks at the first thread, unless it has published where it is; or does while it is looked at. */
    private void sampleFirst() {
        if (isOverlap() && firstPublished == null) {
            StackTraceElement[] stack = StackTraces.inside(firstOperation, first.stack());
            String operation = firstOperation != null ? firstOperation.methodName() : StackTraces.operationOf(stack);
            firstSampled = new Writer(first.toString(), operation, Instant.now(), List.of(stack));
        } else if (isInterleaved() && firstSampled == null) {
            Writer sampled = firstPublished == null ? holder(first, StackTraces.anywhere(first.stack())) : null;
            firstSampled = firstPublished == null ? sampled : publishedHolder();
        }
    }

    /** Builds the first thread's exception and publishes its stack. */
    ConcurrentWriteException firstFails(Thread thread, Operation operation) {
        firstPublished = writer(new KnownThread(thread), operation);
        ConcurrentWriteReport report = report();
        return remember(exception(report, firstPublished, report.secondTrace()));
    }

    /** Builds the exception of any call that comes after the two. */
    ConcurrentWriteException laterFails(Operation operation) {
        ConcurrentWriteException known = reported;
        return new ConcurrentWriteException(
                operation.methodName() + " on WebSocket connection " + connection
                        + ", whose write side was failed by an earlier concurrent write (see the cause)",
                report(),
                List.of(StackTraces.ofCaller(operation)),
                known != null ? known : standIn(),
                told);
    }

    /** What the second thread's exception will look like, for callers that come while it is being built. */
    private ConcurrentWriteException standIn() {
        sampleFirst();
        ConcurrentWriteReport report = report();
        return exception(report, report.second(), report.firstTrace());
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
                discipline.breach(secondOperation),
                firstWriter(),
                secondWriter(),
                openedAt,
                messageArrived && isOverlap());
    }

    private Writer firstWriter() {
        Writer published = firstPublished;
        if (published != null && isOverlap()) {
            return published;
        }
        Writer sampled = firstSampled;
        if (sampled != null) {
            return sampled;
        }
        if (isInterleaved()) {
            return published != null ? publishedHolder() : holder(first, StackTraces.NO_STACK);
        }
        String operation = firstOperation != null ? firstOperation.methodName() : "a write";
        return new Writer(first.toString(), operation, time, List.of());
    }

    /**
     * The second thread stays inside its write until it has published its stack, so one that is sampled before that is
     * from there as well.
     */
    private Writer secondWriter() {
        if (secondPublished == null) {
            StackTraceElement[] stack = StackTraces.inside(secondOperation, second.stack());
            Writer sampled = new Writer(second.toString(), secondOperation.methodName(), time, List.of(stack));
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

    private ConcurrentWriteException exception(ConcurrentWriteReport report, Writer failing, WriterTrace cause) {
        return new ConcurrentWriteException(report.logMessage(), report, failing.stack(), cause, told);
    }

    private static Writer writer(KnownThread thread, Operation operation) {
        return new Writer(
                thread.toString(), operation.methodName(), Instant.now(), List.of(StackTraces.ofCaller(operation)));
    }

    private static Writer holder(KnownThread thread, StackTraceElement[] stack) {
        return new Writer(thread.toString(), Writer.OPEN_MESSAGE, Instant.now(), List.of(stack), thread.hasEnded());
    }

    /** The one whose own call has failed, which was inside the method that goes on with the message. */
    private Writer publishedHolder() {
        Writer published = firstPublished;
        return new Writer(published.thread(), Writer.OPEN_MESSAGE, published.time(), published.stack());
    }
}
