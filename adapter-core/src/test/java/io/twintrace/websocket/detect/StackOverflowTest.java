package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.twintrace.websocket.fixture.Guarded;
import java.io.IOException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A thread whose stack overflows inside the detector is no longer inside a write. */
@Timeout(600)
class StackOverflowTest {
    private static final int ROUNDS = 50;
    private static final int SMALL_STACK = 256 * 1024;

    private static final Guarded.Body FAILING = () -> {
        throw new IOException("made by hand");
    };

    /** Overflows the stack, then writes in each frame on the way back until the stack has room for a write. */
    @SuppressWarnings("InfiniteRecursion")
    private static void fall(Guarded connection) throws Exception {
        try {
            fall(connection);
        } catch (StackOverflowError e) {
            connection.writeMessage(Guarded.Body.NOTHING);
        }
    }

    private static void fallFrom(int frames, Guarded connection) throws Exception {
        if (frames > 0) {
            fallFrom(frames - 1, connection);
        } else {
            fall(connection);
        }
    }

    /**
     * As in a server that has run for a while: all classes are loaded, since one whose loading overflows stays broken,
     * and leaving is compiled when entering is, so that it takes no more stack.
     */
    private static void warmUp(Guarded connection, DetectorLevel level) throws Exception {
        int writes = level == DetectorLevel.TRACED ? 100 : 2_000;
        for (int i = 0; i < writes; i++) {
            connection.writeMessage(Guarded.Body.NOTHING);
            try {
                connection.writeMessage(FAILING); // since a catch block that was never entered is not compiled
            } catch (IOException e) {
                // FAILING throws this.
            }
        }
    }

    /** Leaves the detector as a thread does whose stack has no room for leaving. */
    private static void enterForGood(Guarded connection) {
        connection.detector.enter(Operation.WRITE_MESSAGE);
    }

    @Test
    void threadWithoutStackForLeavingMayWriteAgain() throws Exception {
        Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        enterForGood(connection);
        connection.writeMessage(Guarded.Body.NOTHING);
        Thread other = new Thread(() -> enterForGood(connection));
        other.start();
        other.join();
        assertFalse(connection.detector.isPoisoned());
    }

    @Test
    void threadThatEndedWithoutStackForLeavingIsNotInside() throws Exception {
        Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        Thread faller = new Thread(() -> enterForGood(connection));
        faller.start();
        faller.join();
        connection.writeMessage(Guarded.Body.NOTHING);
        assertFalse(connection.detector.isPoisoned());
    }

    @ParameterizedTest
    @EnumSource(DetectorLevel.class)
    void whoeverWritesNextIsNotAccused(DetectorLevel level) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int frames = round;
            Guarded connection = new Guarded(level);
            warmUp(connection, level);
            FutureTask<Void> falling = new FutureTask<>(() -> {
                fallFrom(frames, connection);
                return null;
            });
            Thread faller = new Thread(null, falling, "faller", SMALL_STACK);
            faller.start();
            falling.get();
            connection.writeMessage(Guarded.Body.NOTHING);
            assertFalse(connection.detector.isPoisoned());
        }
    }
}
