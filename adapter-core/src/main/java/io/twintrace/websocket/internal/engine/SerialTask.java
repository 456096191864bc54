package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.write.WriteBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs a task after each signal, on one thread at a time. Signals that come during a run are all answered by one more
 * run. Any thread may call these methods, except where they say otherwise.
 */
abstract class SerialTask {
    private static final VarHandle UNANSWERED;

    static {
        try {
            UNANSWERED = MethodHandles.lookup().findVarHandle(SerialTask.class, "unanswered", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Whether another thread continues after this run. Only for the thread in the task. */
    private boolean passing;

    /**
     * The number of signals that no finished run has answered. The first one is what {@link #begin} answers. A field,
     * because every message gives a signal.
     */
    @SuppressWarnings("unused") // by UNANSWERED
    private volatile int unanswered = 1;

    /** Does what the signals ask for. One thread at a time. */
    abstract void run();

    /** Runs an answer on a thread of its own. */
    abstract void onThread(Runnable answer);

    /** Does what is left to do if no thread is available. */
    abstract void withoutThread();

    /** Gives the first signal, for which all others have waited. Call this once. */
    void begin() {
        answerHereOrElsewhere();
    }

    /**
     * Gives a signal. This thread answers it, unless another thread is in the task, or this thread is busy with another
     * connection.
     */
    void give() {
        if ((int) UNANSWERED.getAndAdd(this, 1) == 0) { // else the thread in the task runs it once more
            answerHereOrElsewhere();
        }
    }

    /** Gives a signal that the thread in the task answers, or else another thread. For callers that hold a lock. */
    void giveLater() {
        if ((int) UNANSWERED.getAndAdd(this, 1) == 0) {
            answerElsewhere();
        }
    }

    /** Requests one more run. Only the task itself calls this. */
    void giveAgain() {
        int unused = (int) UNANSWERED.getAndAdd(this, 1);
    }

    /**
     * Requests one more run on another thread, so that this thread can serve others. Only the task itself calls this.
     */
    void passOn() {
        passing = true;
        giveAgain();
    }

    private boolean isPassedOn() {
        if (passing) {
            passing = false;
            try {
                onThread(this::answer);
                return true;
            } catch (OutOfMemoryError | RejectedExecutionException e) {
                // No thread is available, or the servlet has stopped, so other connections have to wait.
            }
        }
        return false;
    }

    private void answerHereOrElsewhere() {
        if (WriteBatch.mayWait()) {
            answer();
        } else {
            answerElsewhere();
        }
    }

    private void answerElsewhere() {
        boolean started = false;
        try {
            onThread(this::answer);
            started = true;
        } finally {
            if (!started) {
                unanswered = 0; // so that the next signal tries again
                withoutThread();
            }
        }
    }

    private void answer() {
        int answered = 1;
        do {
            try {
                run();
            } finally {
                answered = (int) UNANSWERED.getAndAdd(this, -answered) - answered;
            }
        } while (answered != 0 && !isPassedOn());
    }
}
