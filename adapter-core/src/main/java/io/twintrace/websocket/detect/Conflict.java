package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The record of one conflict, which stays in the detector's slot from detection on. The second thread creates it, at
 * first without a stack, because a short write ends before a stack is taken. Each of the two threads publishes its own
 * stack here before it throws, and samples the other's if that is not yet published. Keeps neither thread reachable.
 */
final class Conflict {
    private final ConnectionId connection;
    private final DetectorLevel level;
    private final WriteDiscipline discipline;
    private final ConflictResponse response;
    private final Kind kind;
    private final Instant time = Instant.now();

    /** Stands for no thread if a discipline was broken before any thread kept it. */
    private final KnownThread first;

    private final KnownThread second;
    private final Operation secondOperation;
    private final List<StackTraceElement> openedAt;

    /** The first thread's operation as the detector recorded it; null if it was not yet recorded. */
    private volatile Operation firstOperation;

    /** Whether the peer has sent something since that operation began. */
    private volatile boolean messageArrived;

    /** The first thread's own data; it sets this before it throws. */
    private volatile Writer firstPublished;

    /** The second thread's own data; it sets this before it throws. */
    private volatile Writer secondPublished;

    /** What is known of the first thread without its help: a sample, or its last stack. Null until there is one. */
    private volatile Writer firstSampled;

    /** Whether a thread has built its exception. */
    private volatile boolean failed;

    /** An exception that was built, as the cause of later writes' exceptions. Has nothing of others suppressed under it. */
    private volatile ConcurrentWriteException reported;

    private final AtomicBoolean firstFailed = new AtomicBoolean();

    /** Completed once the log and all listeners know of this conflict. */
    private final CompletableFuture<Void> told = new CompletableFuture<>();

    /** Whether the log and the listeners still wait for the report, because the second thread could not build it. */
    private final AtomicBoolean reportPending = new AtomicBoolean();

    private Conflict(
            WriteRules rules,
            Kind kind,
            KnownThread first,
            Writer firstSampled,
            Thread second,
            Operation secondOperation,
            StackTraceElement[] openedAt) {
        this.connection = rules.connection();
        this.level = rules.level();
        this.discipline = rules.discipline();
        this.response = rules.onConflict();
        this.kind = kind;
        this.first = first;
        this.firstSampled = firstSampled;
        this.second = new KnownThread(second);
        this.secondOperation = secondOperation;
        this.openedAt = List.of(openedAt);
    }

    /** Creates the conflict of a thread that arrives while the first is inside a call. Takes no stacks, to be quick. */
    static Conflict overlapping(WriteRules rules, Thread first, Thread second, Operation secondOperation) {
        return new Conflict(
                rules,
                Kind.OVERLAPPING_CALLS,
                new KnownThread(first),
                null,
                second,
                secondOperation,
                StackTraces.NO_STACK);
    }

    /** Creates the conflict of a thread that starts a message while the first has one open. Stacks need TRACED. */
    static Conflict interleaved(
            WriteRules rules,
            KnownThread first,
            Thread second,
            Operation secondOperation,
            StackTraceElement[] lastEntry,
            StackTraceElement[] openedAt) {
        Writer holder = lastEntry.length == 0 ? null : holder(first, lastEntry);
        return new Conflict(rules, Kind.INTERLEAVED_MESSAGE, first, holder, second, secondOperation, openedAt);
    }

    /** Creates the conflict of a thread that sends before an asynchronous send is complete. */
    static Conflict incomplete(
            WriteRules rules, KnownThread first, Writer account, Thread second, Operation secondOperation) {
        return new Conflict(rules, Kind.INCOMPLETE_SEND, first, account, second, secondOperation, StackTraces.NO_STACK);
    }

    /**
     * Creates the conflict of a thread that breaks the declared discipline.
     *
     * @param first the last thread that kept it; stands for no thread if none has written before
     * @param account the known data of that thread
     */
    static Conflict ofDiscipline(
            WriteRules rules, KnownThread first, Writer account, Thread second, Operation secondOperation) {
        return new Conflict(
                rules, Kind.BROKEN_DISCIPLINE, first, account, second, secondOperation, StackTraces.NO_STACK);
    }

    /** The response of the connection. */
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

    /** Tells whether the first thread was inside a call, which fails when it ends. Otherwise its next call fails. */
    boolean isOverlap() {
        return kind == Kind.OVERLAPPING_CALLS;
    }

    /** Tells whether the caller may fail as the first writer. Returns true exactly once. */
    boolean claimFirst() {
        return firstFailed.compareAndSet(false, true);
    }

    /**
     * Records what the detector knows of the first thread. Called before anything else.
     *
     * @param operation the operation it is inside, or null
     * @param arrived whether the peer has sent something since that began
     */
    void firstIsInside(Operation operation, boolean arrived) {
        firstOperation = operation;
        messageArrived = arrived;
    }

    /** Leaves the report to the next thread that fails. Called if the second thread cannot build its own. */
    void postponeReport() {
        reportPending.set(true);
    }

    /** Tells whether the report was postponed, and no thread has claimed it yet. */
    boolean isReportPending() {
        return reportPending.get();
    }

    /** Tells whether the caller must report this instead of the second thread. Returns true at most once. */
    boolean claimReport() {
        return reportPending.get() && reportPending.compareAndSet(true, false);
    }

    /** Tells whether a thread has built its exception. It may then have checked for a pending report already. */
    boolean hasFailedAThread() {
        return failed;
    }

    /**
     * Builds the second thread's exception, once this conflict is in the slot. Publishes its own stack first, so that
     * the first thread seldom has to sample it.
     */
    ConcurrentWriteException secondFails() {
        secondPublished = writer(second, secondOperation);
        sampleFirst();
        ConcurrentWriteReport report = report();
        return remember(exception(report, secondPublished, report.firstTrace()));
    }

    /** Builds the second thread's exception without stacks, for lack of memory. */
    ConcurrentWriteException secondFailsWithoutStacks() {
        if (secondPublished == null) {
            secondPublished = new Writer(second.toString(), secondOperation.methodName(), time, List.of());
        }
        ConcurrentWriteReport report = report();
        return remember(exception(report, secondPublished, report.firstTrace()));
    }

    /** Samples the first thread, unless it has published its data. It may still do so during the sample. */
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

    /**
     * Builds the first thread's exception and publishes its stack.
     *
     * @param thrown suppressed under it; null for none. It would keep the application's classes in memory.
     */
    ConcurrentWriteException firstFails(Thread thread, Operation operation, Throwable thrown) {
        firstPublished = writer(new KnownThread(thread), operation);
        ConcurrentWriteReport report = report();
        ConcurrentWriteException exception = exception(report, firstPublished, report.secondTrace());
        if (thrown == null) {
            return remember(exception);
        }
        failed = true;
        exception.addSuppressed(thrown);
        return exception;
    }

    /** Builds the exception of any call after the first two. */
    ConcurrentWriteException laterFails(Operation operation) {
        ConcurrentWriteException known = reported;
        return new ConcurrentWriteException(
                operation.methodName() + " on WebSocket connection " + connection
                        + " failed because of an earlier concurrent write (see the cause)",
                report(),
                List.of(StackTraces.ofCaller(operation)),
                known != null ? known : standIn(),
                told);
    }

    /** Builds a copy of the second thread's exception, for callers that come before it is complete. */
    private ConcurrentWriteException standIn() {
        sampleFirst();
        ConcurrentWriteReport report = report();
        return exception(report, report.second(), report.firstTrace());
    }

    /** Called when the log and all listeners know of this. Runs the actions that wait for that. */
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
                response.consequence(),
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
     * Returns the second thread's data. That thread stays inside its write until it has published its stack, so a
     * sample taken before that is from inside too.
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
        failed = true;
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

    /** Describes the holder whose own call has failed, inside a method that continues the message. */
    private Writer publishedHolder() {
        Writer published = firstPublished;
        return new Writer(published.thread(), Writer.OPEN_MESSAGE, published.time(), published.stack());
    }
}
