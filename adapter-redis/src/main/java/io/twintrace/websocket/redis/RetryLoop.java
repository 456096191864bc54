package io.twintrace.websocket.redis;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The loop of a thread without which no room works: nothing that is thrown ends it, such as too little memory. */
final class RetryLoop {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket.redis");

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private RetryLoop() {}

    /** One round of the loop. */
    interface Step {
        /** Returns whether to go on. */
        boolean run() throws InterruptedException;
    }

    /** @param who for the log */
    static void run(String who, Step step) {
        boolean goesOn = true;
        while (goesOn) {
            try {
                goesOn = step.run();
            } catch (InterruptedException e) {
                goesOn = false; // nobody interrupts the thread but to end it
            } catch (Throwable e) {
                complain(who, e);
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static void complain(String who, Throwable why) {
        try {
            LOGGER.log(Level.ERROR, who + " has failed, and tries again", why);
        } catch (Throwable e) {
            // Perhaps the log is what fails.
        }
    }
}
