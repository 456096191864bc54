package io.twintrace.websocket.internal.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GateTest {
    private final Gate gate = new Gate("for the test");
    private final FutureTask<Void> waiting = new FutureTask<>(() -> {
        gate.await();
        return null;
    });
    private final Thread waiter = new Thread(waiting, "waiter");

    private void startWaiting() {
        waiter.setDaemon(true);
        waiter.start();
        while (!gate.hasWaiter()) {
            Thread.onSpinWait();
        }
    }

    private <X extends Throwable> X failure(Class<X> type) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> waiting.get(10, TimeUnit.SECONDS));
        return assertInstanceOf(type, e.getCause());
    }

    @Test
    void aGateThatWasOpenedBeforeLetsOnePass() throws Exception {
        gate.open();
        gate.open();
        gate.await();
        gate.deadline(System.nanoTime());
        assertThrows(SocketTimeoutException.class, gate::await);
    }

    @Test
    void openingLetsTheWaitingThreadPass() throws Exception {
        startWaiting();
        gate.open();
        waiting.get(10, TimeUnit.SECONDS);
        assertFalse(gate.hasWaiter());
    }

    @Test
    void aDeadlineMovesForAThreadThatWaits() {
        gate.deadline(Deadlines.after(Duration.ofMinutes(1)));
        startWaiting();
        gate.deadline(Deadlines.after(Duration.ofMillis(20)));
        assertEquals(
                "timed out waiting for the test",
                failure(SocketTimeoutException.class).getMessage());
    }

    @Test
    void aDeadlineIsLiftedForAThreadThatWaits() throws Exception {
        gate.deadline(Deadlines.after(Duration.ofMinutes(1)));
        startWaiting();
        gate.deadline(Deadlines.NONE);
        gate.open();
        waiting.get(10, TimeUnit.SECONDS);
    }

    @Test
    void closingEndsWaitingForGood() {
        startWaiting();
        gate.close();
        failure(AsynchronousCloseException.class);
        assertThrows(AsynchronousCloseException.class, gate::await);
    }

    @Test
    void anInterruptEndsWaitingAndStaysSet() throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedIOException.class, gate::await);
        assertTrue(Thread.interrupted());
        startWaiting();
        waiter.interrupt();
        failure(InterruptedIOException.class);
    }

    @Test
    void noOpeningIsLostHoweverTheTwoMeet() throws Exception {
        int rounds = 20_000;
        Gate back = new Gate("for the other");
        FutureTask<Void> other = new FutureTask<>(() -> {
            for (int i = 0; i < rounds; i++) {
                gate.await();
                back.open();
            }
            return null;
        });
        Thread thread = new Thread(other, "other");
        thread.setDaemon(true);
        thread.start();
        for (int i = 0; i < rounds; i++) {
            back.deadline(Deadlines.after(Duration.ofSeconds(20)));
            gate.open();
            back.await();
        }
        other.get(10, TimeUnit.SECONDS);
    }

    /**
     * Setting the deadline timer may wait for a lock. A thread that waits for a lock uses up the wake-up of the gate.
     */
    @Test
    void noOpeningIsLostWhileManyWaitWithDeadlines() throws Exception {
        int threads = 16;
        int rounds = 1_000;
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        List<FutureTask<Void>> waiters = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            FutureTask<Void> task = new FutureTask<>(() -> passGates(rounds, until), null);
            waiters.add(task);
            Thread thread = new Thread(task, "waiter " + i);
            thread.setDaemon(true);
            thread.start();
        }
        for (FutureTask<Void> task : waiters) {
            task.get(30, TimeUnit.SECONDS);
        }
    }

    private static void passGates(int rounds, long until) {
        try {
            for (int i = 0; i < rounds && System.nanoTime() - until < 0; i++) {
                Gate each = new Gate("for a round");
                each.deadline(System.nanoTime() + TimeUnit.HOURS.toNanos(1));
                CompletableFuture<Void> opened = CompletableFuture.runAsync(each::open);
                each.await();
                opened.join();
                each.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
