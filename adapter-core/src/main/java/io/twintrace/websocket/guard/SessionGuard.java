package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.AsynchronousSend;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConflictResponse;
import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Guards the writes to one session of another engine. Each of its write methods calls {@link #enter} first, and
 * one of {@link Visit} last. Knows nothing of the engine's classes. Any thread may call the methods.
 *
 * <p>In mode {@link GuardMode#REPORT} nothing is ever thrown. Once a conflict is reported, the detector has done its
 * work: further overlaps are counted, without their stacks.
 */
public final class SessionGuard {
    private static final String LOGGER = "io.twintrace.websocket.guard";

    private static final VarHandle INSIDE;

    static {
        try {
            INSIDE = MethodHandles.lookup().findVarHandle(SessionGuard.class, "inside", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What has been begun and not ended. */
    private enum Open {
        NOTHING,
        TEXT,
        BINARY,
        STREAM
    }

    private final GuardSettings settings;

    /** Null once its work is done: what it knows of a conflict is not to stay in memory. */
    private volatile WriteDetector detector;

    private final Visit detected = new Visit(true, true);
    private final Visit counted = new Visit(true, false);
    private final Visit outside = new Visit(false, false);

    /**
     * The thread that was let in, or null. Not certain while the detector watches, which then decides. But no thread
     * finds itself by mistake.
     */
    @SuppressWarnings("unused") // through INSIDE
    private Thread inside;

    /** Written inside. Also read before, where the detector's check follows. */
    private Open open = Open.NOTHING;

    /** The asynchronous send that was begun last, unless it is known to be complete. Written inside. */
    private volatile AsynchronousSend asynchronous;

    private final BooleanSupplier isSessionOpen;

    private volatile boolean isSessionClosed;

    /** @param isSessionOpen asked by a thread that starts a message while one is open */
    SessionGuard(GuardSettings settings, ConnectionId session, BooleanSupplier isSessionOpen) {
        this.settings = settings;
        this.isSessionOpen = isSessionOpen;
        this.detector = new WriteDetector(session, settings.level(), ConnectionActivity.UNKNOWN, response());
    }

    private Response response() {
        return new Response(settings, () -> detector = null);
    }

    GuardMode mode() {
        return settings.mode();
    }

    /** Logs a conflict. */
    static final class Response implements ConflictResponse {
        private final GuardSettings settings;
        private final Runnable whenDone;

        /** @param whenDone drops the detector, whose work is done */
        Response(GuardSettings settings, Runnable whenDone) {
            this.settings = settings;
            this.whenDone = whenDone;
        }

        @Override
        public ConcurrentWriteReport.Consequence consequence() {
            return settings.mode().consequence();
        }

        @Override
        public void onConcurrentWrite(ConcurrentWriteReport report) {
            if (settings.mode() == GuardMode.REPORT) {
                whenDone.run();
            }
            System.getLogger(LOGGER).log(Level.ERROR, report.logMessage(), report.asThrowable());
        }
    }

    /**
     * Enters a write.
     *
     * @param called the method
     * @return to leave it. Does nothing if another thread is inside, which is only reported or counted, or if this
     *     thread has entered before, because one method of an engine calls another.
     * @throws ConcurrentWriteException in mode {@link GuardMode#FAIL}
     */
    public Visit enter(Operation called) {
        Thread me = Thread.currentThread();
        if (INSIDE.getOpaque(this) == me || settings.haveEnded() || isPartOfAnother(me)) {
            return outside;
        }
        WriteDetector watching = detector;
        return watching == null ? enterCounted(me) : enterDetected(watching, called, me);
    }

    /**
     * Enters a write of a part of a message. If another thread has sent an earlier part, it may have left the rest to
     * this one, so that only an overlap of the calls is a conflict then.
     *
     * @param isText whether it is text
     * @return as {@link #enter}
     */
    public Visit enterPart(boolean isText) {
        boolean isMore = open == (isText ? Open.TEXT : Open.BINARY);
        return isText
                ? enter(isMore ? Operation.SEND_MORE_TEXT : Operation.SEND_TEXT)
                : enter(isMore ? Operation.SEND_MORE_BINARY : Operation.SEND_BINARY);
    }

    /**
     * Begins an asynchronous send. Until that is complete, every other send is a conflict, also one of the same thread.
     *
     * @param called the method
     * @return the send; null if it is not watched, because it is a part of another one or a conflict that is only
     *     reported or counted
     * @throws ConcurrentWriteException in mode {@link GuardMode#FAIL}
     */
    public AsynchronousSend begin(Operation called) {
        Visit visit = enter(called);
        AsynchronousSend send = null;
        if (visit.isInside) {
            send = visit.isDetectors ? AsynchronousSend.begin(called) : AsynchronousSend.withoutStack();
            asynchronous = send;
            try {
                visit.sent(called, null); // now, since the next one may begin before this call returns
            } catch (ConcurrentWriteException e) {
                asynchronous = null; // the engine is not called
                throw e;
            }
        }
        return send;
    }

    /**
     * Checks a ping or pong on an engine that loses a message in parts by it. A conflict is one beside the parts of
     * another thread; any other may overlap with what it likes.
     *
     * @param called the method
     * @throws ConcurrentWriteException in mode {@link GuardMode#FAIL}
     */
    public void checkBetweenParts(Operation called) {
        if (detector != null && (open == Open.TEXT || open == Open.BINARY)) {
            enter(called).passed(called);
        }
    }

    /** Learns that the session is closed. Some engines call it open until the peer has answered. */
    public void sessionClosed() {
        isSessionClosed = true;
    }

    private boolean isPartOfAnother(Thread me) {
        AsynchronousSend before = asynchronous;
        return before != null && before.isCalledBy(me);
    }

    private Visit enterDetected(WriteDetector watching, Operation called, Thread me) {
        try {
            if (isRefused(watching, called)) {
                return outside;
            }
            watching.enter(called);
            AsynchronousSend before = asynchronous;
            if (before != null) {
                watching.checkComplete(before, called);
                asynchronous = null;
            }
        } catch (Throwable t) { // also a lack of stack or memory, which the engine will notice by itself
            settings.throwIfFailing(t);
            return outside;
        }
        INSIDE.setOpaque(this, me); // the detector's own steps are atomic
        return detected;
    }

    /**
     * Tells whether a call would cut an open message, but for the session that is closed. A thread may then leave its
     * message half sent, as after a failure, and the engine sends neither of the two.
     */
    private boolean isRefused(WriteDetector watching, Operation called) {
        return open != Open.NOTHING
                && startsMessage(called)
                && settings.level() != DetectorLevel.CALLS
                && (isSessionClosed || !isSessionOpen.getAsBoolean())
                && !watching.isPoisoned();
    }

    private static boolean startsMessage(Operation called) {
        return switch (called) {
            case SEND_MORE_TEXT,
                    SEND_MORE_BINARY,
                    STREAM_WRITE,
                    STREAM_FLUSH,
                    STREAM_CLOSE,
                    TEXT_WRITE,
                    TEXT_FLUSH,
                    TEXT_CLOSE -> false;
            default -> true;
        };
    }

    private Visit enterCounted(Thread me) {
        if (INSIDE.compareAndSet(this, null, me)) {
            AsynchronousSend before = asynchronous;
            if (before != null && !before.isComplete()) {
                settings.countFurther();
            }
            asynchronous = null;
            return counted;
        }
        settings.countFurther();
        return outside;
    }

    /**
     * A call of a write method, from {@link #enter} until one of these methods is called, by the same thread. Which one
     * says what has become of the message.
     */
    public final class Visit {
        private final boolean isInside;
        private final boolean isDetectors;

        private Visit(boolean isInside, boolean isDetectors) {
            this.isInside = isInside;
            this.isDetectors = isDetectors;
        }

        /**
         * Leaves a method that sends a whole message.
         *
         * @param called the method
         * @param thrown what the engine's method has thrown, or null
         * @throws ConcurrentWriteException in mode {@link GuardMode#FAIL}, here and below
         */
        public void sent(Operation called, Throwable thrown) {
            if (isInside) {
                finished();
                leave(called, thrown);
            }
        }

        /**
         * Leaves a method that sends a part of a message.
         *
         * @param isText whether it is text
         * @param isLast whether no part follows
         * @param thrown what the engine's method has thrown, or null
         */
        public void sentPart(boolean isText, boolean isLast, Throwable thrown) {
            if (isInside) {
                if (isLast || thrown != null) {
                    finished();
                } else {
                    opened(isText ? Open.TEXT : Open.BINARY);
                }
                leave(isText ? Operation.SEND_TEXT : Operation.SEND_BINARY, thrown);
            }
        }

        /**
         * Leaves a method that opens a stream or writer for a message.
         *
         * @param called the method
         * @param thrown what the engine's method has thrown, or null
         */
        public void openedStream(Operation called, Throwable thrown) {
            if (isInside) {
                if (thrown == null) {
                    opened(Open.STREAM);
                }
                leave(called, thrown);
            }
        }

        /**
         * Leaves a method that writes a piece of a message to its stream or writer.
         *
         * @param called the method
         * @param thrown what the engine's method has thrown, or null
         */
        void wrote(Operation called, Throwable thrown) {
            if (isInside) {
                tell(WriteDetector::messageContinued);
                leave(called, thrown);
            }
        }

        private void passed(Operation called) {
            if (isInside) {
                leave(called, null);
            }
        }

        private void opened(Open kind) {
            open = kind;
            tell(WriteDetector::messageOpened);
        }

        private void finished() {
            if (open != Open.NOTHING) {
                open = Open.NOTHING;
                tell(WriteDetector::messageFinished);
            }
        }

        private void tell(Consumer<WriteDetector> news) {
            WriteDetector watching = detector;
            if (isDetectors && watching != null) {
                news.accept(watching);
            }
        }

        private void leave(Operation called, Throwable thrown) {
            if (INSIDE.getOpaque(SessionGuard.this) == Thread.currentThread()) {
                INSIDE.setRelease(SessionGuard.this, null);
            }
            WriteDetector watching = detector;
            if (isDetectors && watching != null) {
                try {
                    watching.leave(called, thrown);
                } catch (Throwable t) {
                    settings.throwIfFailing(t);
                }
            }
        }
    }
}
