package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.redis.fixture.LogLines;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** What a thread of the backplane survives. */
class RetryLoopTest {
    private final Deque<Throwable> errors = new ArrayDeque<>(
            List.of(new OutOfMemoryError("thrown on purpose"), new IllegalStateException("and again")));

    private boolean step() {
        Throwable next = errors.poll();
        if (next instanceof Error error) {
            throw error;
        } else if (next instanceof RuntimeException failure) {
            throw failure;
        }
        return false;
    }

    @Test
    void noErrorEndsIt() {
        try (LogLines log = new LogLines()) {
            RetryLoop.run("the test", this::step);
            String line = "SEVERE the test has failed, and tries again";
            assertEquals(List.of(line, line), log.lines());
        }
        assertEquals(0, errors.size());
    }

    @Test
    void aLogThatFailsDoesNotEndIt() {
        Logger logger = Logger.getLogger("io.twintrace.websocket.redis");
        logger.setFilter(line -> {
            throw new OutOfMemoryError("thrown on purpose");
        });
        try {
            RetryLoop.run("the test", this::step);
        } finally {
            logger.setFilter(null);
        }
        assertEquals(0, errors.size());
    }

    @Test
    void anInterruptEndsIt() {
        RetryLoop.run("the test", () -> {
            throw new InterruptedException();
        });
    }
}
