package io.twintrace.guarded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.AsynchronousSend;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.guard.GuardMode;
import io.twintrace.websocket.guard.SessionGuard;
import io.twintrace.websocket.guard.SessionGuards;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AsynchronousSendTest {
    private final GuardLog log = new GuardLog();
    private final SessionGuard guard = guard(GuardMode.REPORT);

    private static SessionGuard guard(GuardMode mode) {
        return new SessionGuards(mode, DetectorLevel.MESSAGES).of(new Object(), "/quotes");
    }

    @BeforeEach
    void begin() {
        log.begin();
    }

    @AfterEach
    void end() {
        log.end();
    }

    private static AsynchronousSend pushPrices(SessionGuard guard) {
        return guard.begin(Operation.SEND_TEXT);
    }

    private static void pushNews(SessionGuard guard) {
        guard.enter(Operation.SEND_TEXT).sent(Operation.SEND_TEXT, null);
    }

    private static void elsewhere(Runnable task) throws InterruptedException {
        Thread thread = new Thread(task, "elsewhere");
        thread.start();
        thread.join();
    }

    @Test
    void aSendBeforeTheOneBeforeIsCompleteIsReportedWithThePlaceOfBothCalls() throws Exception {
        elsewhere(() -> pushPrices(guard).returned(null));
        pushNews(guard);
        String report = log.only();
        assertTrue(
                report.matches(".*AsynchronousSendTest\\.pushNews\\(.* called RemoteEndpoint\\.sendText before an"
                        + " asynchronous RemoteEndpoint\\.sendText was complete, which .*AsynchronousSendTest"
                        + "\\.pushPrices\\(.*\\) on thread \"elsewhere\" .* had begun\\..*"),
                report);
        assertTrue(report.contains("begin a send when the one before is complete"), report);
    }

    @Test
    void oneThreadThatDoesNotWaitIsReportedToo() {
        pushPrices(guard).returned(new CompletableFuture<>(), null);
        assertNull(pushPrices(guard));
        assertTrue(log.only().contains("which the same thread at io.twintrace.guarded."), log.only());
    }

    @Test
    void itIsCompleteOnceItsHandlerIsToldOrItsFutureIsDone() throws Exception {
        AsynchronousSend first = pushPrices(guard);
        first.returned(null);
        elsewhere(first::complete);
        CompletableFuture<Void> future = new CompletableFuture<>();
        pushPrices(guard).returned(future, null);
        future.complete(null);
        pushNews(guard);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void itIsCompleteIfTheEngineRefusesIt() {
        pushPrices(guard).returned(new IllegalStateException("closed"));
        pushNews(guard);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void theHandlerMayBeginTheNextSendBeforeTheCallReturns() {
        AsynchronousSend first = pushPrices(guard);
        first.complete();
        AsynchronousSend next = pushPrices(guard);
        next.returned(null);
        first.returned(null);
        assertEquals(List.of(), log.entries());
        pushNews(guard); // the next one is not complete
        assertEquals(1, log.entries().size());
    }

    /** The container's thread tells the handler while the caller is still on its way back. */
    @Test
    void anotherThreadMayBeginTheNextSendBeforeTheCallReturns() throws Exception {
        AsynchronousSend first = pushPrices(guard);
        elsewhere(() -> {
            first.complete();
            pushNews(guard);
        });
        first.returned(null);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void aMethodOfTheEngineThatCallsAnotherIsOneSend() {
        AsynchronousSend outer = pushPrices(guard);
        AsynchronousSend inner = guard.begin(Operation.SEND_BINARY);
        assertNull(inner);
        outer.complete();
        outer.returned(null);
        pushNews(guard);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void theResultOfASendIsNotKeptInMemory() {
        WeakReference<Future<?>> result = pushAndForget();
        Background.eventually("the result to be gone", () -> {
            System.gc();
            return result.refersTo(null);
        });
        pushNews(guard);
        assertEquals(List.of(), log.entries());
    }

    private WeakReference<Future<?>> pushAndForget() {
        Future<?> result = new CompletableFuture<>();
        pushPrices(guard).returned(result, null);
        return new WeakReference<>(result);
    }

    @Test
    void ifCallsFailTheSecondOneFailsAtOnceAndTheFirstThreadAtItsNextCall() throws Exception {
        SessionGuard failing = guard(GuardMode.FAIL);
        elsewhere(() -> pushPrices(failing).returned(null));
        String second = assertThrows(ConcurrentWriteException.class, () -> pushNews(failing))
                .getMessage();
        assertTrue(second.contains("this call and the other thread's next one fail"), second);
    }

    @Test
    void ifCallsFailEveryLaterOneFailsWhereverTheConflictWasFound() throws Exception {
        for (int i = 0; i < 200; i++) {
            SessionGuard failing = guard(GuardMode.FAIL);
            CyclicBarrier together = new CyclicBarrier(2);
            Thread other = new Thread(() -> {
                await(together);
                failed(() -> pushNews(failing));
            });
            other.start();
            await(together);
            boolean failed = failed(() -> pushPrices(failing).returned(null));
            other.join();
            if (failed || failed(() -> pushNews(failing))) {
                assertThrows(ConcurrentWriteException.class, () -> pushNews(failing));
                assertThrows(ConcurrentWriteException.class, () -> pushPrices(failing));
            }
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean failed(Runnable write) {
        try {
            write.run();
            return false;
        } catch (ConcurrentWriteException e) {
            return true;
        }
    }

    @Test
    void theReportSaysOnceWhatFailsForOneThread() {
        SessionGuard failing = guard(GuardMode.FAIL);
        pushPrices(failing).returned(null);
        String message = assertThrows(ConcurrentWriteException.class, () -> pushNews(failing))
                .getMessage();
        assertTrue(
                message.contains(
                        "A send must be complete before the next one begins: this call fails, and so does every"
                                + " later one. How to fix it: begin"),
                message);
    }

    /** Such as one of an engine that returns null. */
    @Test
    void aSendOfWhichNothingTellsTheEndIsCompleteAtOnce() {
        pushPrices(guard).returned(null, null);
        pushNews(guard);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void furtherOverlapsAreCounted() {
        pushPrices(guard).returned(new CompletableFuture<>(), null);
        pushNews(guard);
        long before = SessionGuards.further();
        pushPrices(guard).returned(new CompletableFuture<>(), null);
        pushPrices(guard).returned(new CompletableFuture<>(), null);
        pushNews(guard);
        assertEquals(before + 3, SessionGuards.further());
        assertEquals(1, log.entries().size());
    }
}
