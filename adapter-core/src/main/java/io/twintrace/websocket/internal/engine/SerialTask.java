package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.write.WriteBatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Runs a task after each signal, on one thread at a time. Signals that come during a run are all answered by one more
 * run. Any thread may call these methods, except where they say otherwise.
 */
final class SerialTask {
    private final Runnable task;
    private final Consumer<Runnable> elsewhere;
    private final Runnable whenNoThread;

    /** Whether another thread continues after this run. Only for the thread in the task. */
    private boolean passing;

    /** The number of signals that no finished run has answered. */
    private final AtomicInteger unanswered = new AtomicInteger();

    /**
     * @param elsewhere runs a task on a thread of its own
     * @param whenNoThread runs if no thread is available
     */
    SerialTask(Runnable task, Consumer<Runnable> elsewhere, Runnable whenNoThread) {
        this.task = task;
        this.elsewhere = elsewhere;
        this.whenNoThread = whenNoThread;
    }

    /**
     * Gives a signal. This thread answers it, unless another thread is in the task, or this thread is busy with another
     * connection.
     */
    void give() {
        if (unanswered.getAndIncrement() != 0) {
            return; // the thread in the task runs it once more
        }
        if (!WriteBatch.mayWait()) {
            answerElsewhere();
        } else {
            answer();
        }
    }

    /** Gives a signal that the thread in the task answers, or else another thread. For callers that hold a lock. */
    void giveLater() {
        if (unanswered.getAndIncrement() == 0) {
            answerElsewhere();
        }
    }

    /** Requests one more run. Only the task itself calls this. */
    void giveAgain() {
        unanswered.incrementAndGet();
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
                elsewhere.accept(this::answer);
                return true;
            } catch (OutOfMemoryError | RejectedExecutionException e) {
                // No thread is available, or the servlet has stopped, so other connections have to wait.
            }
        }
        return false;
    }

    private void answerElsewhere() {
        boolean started = false;
        try {
            elsewhere.accept(this::answer);
            started = true;
        } finally {
            if (!started) {
                unanswered.set(0); // so that the next signal tries again
                whenNoThread.run();
            }
        }
    }

    private void answer() {
        int answered = 1;
        do {
            try {
                task.run();
            } finally {
                answered = unanswered.addAndGet(-answered);
            }
        } while (answered != 0 && !isPassedOn());
    }
}
