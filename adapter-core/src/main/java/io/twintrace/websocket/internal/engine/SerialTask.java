package io.twintrace.websocket.internal.engine;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Has a task run after each signal, by one thread at a time, which answers all signals that have come meanwhile by
 * running it once more. Any thread.
 */
final class SerialTask {
    private final Runnable task;
    private final Consumer<Runnable> elsewhere;
    private final Runnable whenNoThread;

    /** Whether another thread is to go on after the run. For the thread in the task. */
    private boolean passing;

    /** How many have come since the run began that answers them all. */
    private final AtomicInteger unanswered = new AtomicInteger();

    /**
     * @param elsewhere runs something on a thread of its own
     * @param whenNoThread run where none can be had
     */
    SerialTask(Runnable task, Consumer<Runnable> elsewhere, Runnable whenNoThread) {
        this.task = task;
        this.elsewhere = elsewhere;
        this.whenNoThread = whenNoThread;
    }

    /** Answered on this thread, unless another one is at it, or this one is busy with another connection. */
    void give() {
        if (unanswered.getAndIncrement() != 0) {
            return; // whoever is at it looks again
        }
        if (WriteBatch.current() != null) {
            answerElsewhere();
        } else {
            answer();
        }
    }

    /** Answered by whoever is at it, else on a thread of its own: for callers that hold a lock. */
    void giveLater() {
        if (unanswered.getAndIncrement() == 0) {
            answerElsewhere();
        }
    }

    /** From within the task, which is to run once more. */
    void giveAgain() {
        unanswered.incrementAndGet();
    }

    /** The same, on a thread of its own, so that this one can turn to others. */
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
                // No thread to be had, or the servlet has stopped: others have to wait.
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
                unanswered.set(0); // so that whoever comes next may have more luck
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
