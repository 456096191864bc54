package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.lang.ref.WeakReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Guards the writes to one session of an engine that queues them, as Jetty does by its own API. There, calls of any
 * number of threads may overlap. A conflict is only what the engine refuses, if it comes from another thread: a whole
 * message, or a part of the other type, while a message in parts is open. A part of the same type continues the
 * message, whichever thread sends it. Any thread may call the methods.
 *
 * <p>A message counts as open from the return of its first part until its last part is sent, or until a part fails.
 * That is shorter than what the engine sees, so that no call is reported that the engine would accept.
 */
public final class QueueGuard {
    private final GuardSettings settings;

    /** Null once its work is done. Used under the lock, or by the one thread that has found the conflict. */
    private volatile WriteDetector detector;

    /** Guards the fields below. Never held while the engine, the application or a logger runs. */
    private final Object lock = new Object();

    private boolean isOpen;

    /** The type of the open message. */
    private boolean isOpenText;

    /** The last thread that worked on the open message. */
    private WeakReference<Thread> holder = new WeakReference<>(null);

    /** The number of parts that have been sent or have failed; only the latest part says what is open. */
    private long parts;

    private boolean isFound;

    /** Whether calls need a look at the fields above. Whole messages do not, as long as there is nothing to cut. */
    private volatile boolean isWatchful;

    QueueGuard(GuardSettings settings, ConnectionId session) {
        this.settings = settings;
        // Parts are rare, and their callbacks run anywhere, so that only a stack of the call names the method.
        DetectorLevel level = DetectorLevel.TRACED;
        this.detector = new WriteDetector(
                session, level, ConnectionActivity.UNKNOWN, new SessionGuard.Response(settings, () -> detector = null));
    }

    /**
     * Enters a method that sends a whole message.
     *
     * @param called the method
     * @param isUsable tells whether the session is open still; one that is not refuses everything
     * @throws ConcurrentWriteException in mode {@link GuardMode#FAIL}
     */
    public void enter(Operation called, BooleanSupplier isUsable) {
        if (!isWatchful || settings.haveEnded()) {
            return;
        }
        failAfterConflict(called);
        boolean mayCut = isUsable.getAsBoolean();
        boolean isFirst;
        synchronized (lock) {
            if (!mayCut || !isAnothersOpen()) {
                return;
            }
            isFirst = found();
        }
        report(isFirst, called);
    }

    /**
     * Enters a method that sends a part of a message.
     *
     * @param isText whether it is text
     * @param isLast whether no part follows, or nobody will tell whether it fails
     * @param isUsable as for {@link #enter}
     * @return to be told what becomes of it; null if that is of no interest
     * @throws ConcurrentWriteException in mode {@link GuardMode#FAIL}
     */
    public Part enterPart(boolean isText, boolean isLast, BooleanSupplier isUsable) {
        if (settings.level() == DetectorLevel.CALLS || settings.haveEnded()) {
            return null;
        }
        Operation called = firstPart(isText);
        failAfterConflict(called);
        boolean mayCut = isWatchful && isUsable.getAsBoolean();
        boolean isFirst;
        synchronized (lock) {
            if (!mayCut || isOpenText == isText || !isAnothersOpen()) {
                return begin(isText, isLast);
            }
            isFirst = found();
        }
        report(isFirst, called);
        return null;
    }

    private Part begin(boolean isText, boolean isLast) {
        parts++;
        if (isLast) {
            close();
            return null;
        }
        if (isOpen && isOpenText == isText) {
            hold();
            tell(furtherPart(isText), WriteDetector::messageContinued);
        }
        return new Part(isText, parts);
    }

    private static Operation firstPart(boolean isText) {
        return isText ? Operation.JETTY_PARTIAL_TEXT : Operation.JETTY_PARTIAL_BINARY;
    }

    private static Operation furtherPart(boolean isText) {
        return isText ? Operation.JETTY_MORE_TEXT : Operation.JETTY_MORE_BINARY;
    }

    private boolean isAnothersOpen() {
        return isOpen && !holder.refersTo(Thread.currentThread());
    }

    private void open(boolean isText) {
        isOpen = true;
        isOpenText = isText;
        isWatchful = true;
        hold();
        tell(firstPart(isText), WriteDetector::messageOpened);
    }

    private void hold() {
        if (!holder.refersTo(Thread.currentThread())) {
            holder = new WeakReference<>(Thread.currentThread());
        }
    }

    private void close() {
        if (isOpen) {
            isOpen = false;
            isWatchful = isFound && settings.mode() == GuardMode.FAIL;
            tell(furtherPart(isOpenText), WriteDetector::messageFinished);
        }
    }

    /** Tells the detector, which finds nobody inside, and so reports nothing. */
    private void tell(Operation called, Consumer<WriteDetector> news) {
        WriteDetector watching = detector;
        if (watching == null || isFound) {
            return;
        }
        try {
            watching.enter(called);
            news.accept(watching);
            watching.leave(called, null);
        } catch (Throwable t) { // a lack of stack or memory; what the detector knows is wrong from now on
            detector = null;
        }
    }

    /** Returns whether this is the first conflict, which the caller must report. The detector is then the caller's. */
    private boolean found() {
        boolean isFirst = !isFound;
        isFound = true;
        isWatchful = true;
        return isFirst;
    }

    /** Reports a conflict, without the lock, since loggers may do anything. */
    private void report(boolean isFirst, Operation called) {
        WriteDetector watching = detector;
        if (!isFirst || watching == null) {
            settings.countFurther();
            return;
        }
        try {
            watching.enter(called); // finds the open message of the other thread
            watching.leave(called, null);
        } catch (Throwable t) {
            settings.throwIfFailing(t);
        }
    }

    private void failAfterConflict(Operation called) {
        WriteDetector watching = settings.mode() == GuardMode.FAIL ? detector : null;
        if (watching != null && watching.isPoisoned()) {
            watching.enter(called);
        }
    }

    /** A part that is not its message's last. */
    public final class Part {
        private final boolean isText;
        private final long number;

        private Part(boolean isText, long number) {
            this.isText = isText;
            this.number = number;
        }

        /**
         * Leaves the method that sends it.
         *
         * @param thrown what the engine's method has thrown, or null
         */
        public void sent(Throwable thrown) {
            if (thrown != null) {
                failed();
                return;
            }
            synchronized (lock) {
                if (parts == number && !isOpen) {
                    open(isText);
                }
            }
        }

        /** Learns that the engine has not sent it. Any thread may call this, also before {@link #sent}. */
        public void failed() {
            synchronized (lock) {
                if (parts == number) {
                    parts++;
                    close();
                }
            }
        }
    }
}
