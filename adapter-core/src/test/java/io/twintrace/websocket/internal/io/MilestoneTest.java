package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.Background;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MilestoneTest {
    private final Milestone milestone = new Milestone();

    @Test
    void whoWaitsReturnsWhenItIsReached() throws Exception {
        Background<Boolean> waiting = Background.start(() -> milestone.await(TimeUnit.SECONDS.toNanos(10)));
        Background.eventually("the thread waits", () -> waiting.thread().getState() == Thread.State.TIMED_WAITING);
        assertFalse(milestone.isReached());
        milestone.reach();
        assertTrue(waiting.result());
        assertTrue(milestone.isReached());
    }

    @Test
    void theWaitEndsInTime() throws Exception {
        assertFalse(milestone.await(1_000_000));
    }

    @Test
    void anInterruptedThreadWaitsOnlyForWhatHasNotHappened() throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> milestone.await(1));
        milestone.reach();
        Thread.currentThread().interrupt();
        assertTrue(milestone.await(1));
        assertTrue(Thread.interrupted());
    }
}
