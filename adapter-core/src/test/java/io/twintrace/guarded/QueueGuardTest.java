package io.twintrace.guarded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.guard.GuardMode;
import io.twintrace.websocket.guard.QueueGuard;
import io.twintrace.websocket.guard.QueueGuard.Part;
import io.twintrace.websocket.guard.SessionGuards;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Jetty refuses by its own API is a conflict, and nothing else is. */
@Timeout(120)
class QueueGuardTest {
    private final GuardLog log = new GuardLog();
    private final ExecutorService another = Executors.newSingleThreadExecutor();
    private final Object session = new Object();
    private volatile boolean isUsable = true;
    private volatile QueueGuard guard = guard(GuardMode.REPORT, DetectorLevel.MESSAGES);

    private QueueGuard guard(GuardMode mode, DetectorLevel level) {
        return new SessionGuards(mode, level).queue(session, "/quotes");
    }

    @BeforeEach
    void begin() {
        log.begin();
    }

    @AfterEach
    void end() throws Exception {
        another.shutdownNow();
        assertTrue(another.awaitTermination(10, TimeUnit.SECONDS));
        log.end();
    }

    private <T> T anotherThread(Callable<T> task) throws Exception {
        return another.submit(task).get();
    }

    private void sendText() {
        guard.enter(Operation.JETTY_TEXT, () -> isUsable);
    }

    private Void anotherSendsText() throws Exception {
        return anotherThread(() -> {
            sendText();
            return null;
        });
    }

    private Part begin(boolean isText) {
        return guard.enterPart(isText, false, () -> isUsable);
    }

    private Part send(boolean isText) {
        Part part = begin(isText);
        if (part != null) {
            part.sent(null);
        }
        return part;
    }

    private void sendLast(boolean isText) {
        assertNull(guard.enterPart(isText, true, () -> isUsable));
    }

    private void assertReported(String method) {
        String report = log.only();
        assertTrue(
                report.matches(
                        "Concurrent write to WebSocket connection [0-9]+ \\(/quotes\\): \\S*QueueGuardTest\\S* on"
                                + " thread .* called Session\\." + method + " while thread \""
                                + Thread.currentThread().getName() + "\".*"
                                + " had an unfinished message open.*"),
                report);
    }

    @Test
    void aWholeMessageInAnothersIsReported() throws Exception {
        send(true);
        anotherSendsText();
        assertReported("sendText");
    }

    @Test
    void aPartOfTheOtherTypeIsReported() throws Exception {
        send(true);
        assertNull(anotherThread(() -> send(false)));
        assertReported("sendPartialBinary");
    }

    @Test
    void theStackOfTheFirstPartIsReportedIfThatIsWanted() throws Exception {
        guard = guard(GuardMode.REPORT, DetectorLevel.TRACED);
        send(true);
        anotherSendsText();
        assertTrue(log.only().contains(", opened by " + QueueGuardTest.class.getName() + "."), log.only());
    }

    @Test
    void furtherOnesAreCounted() throws Exception {
        long before = SessionGuards.further();
        send(true);
        for (int i = 0; i < 3; i++) {
            anotherSendsText();
        }
        sendLast(true);
        anotherSendsText();
        assertReported("sendText");
        assertEquals(2, SessionGuards.further() - before);
    }

    @Test
    void anotherThreadMaySendTheRest() throws Exception {
        send(true);
        anotherThread(() -> send(true));
        sendLast(true);
        anotherSendsText();
        send(false);
        anotherThread(() -> {
            sendLast(false);
            return null;
        });
        sendText();
        assertEquals(List.of(), log.entries());
    }

    /** The one that has taken the message over holds it from then on. */
    @Test
    void whoHasHandedOverIsAnother() throws Exception {
        anotherThread(() -> send(true));
        send(true);
        anotherSendsText();
        assertReported("sendText");
    }

    @Test
    void aMessageOfOnePartIsWhole() throws Exception {
        sendLast(true);
        anotherSendsText();
        assertEquals(List.of(), log.entries());
    }

    /** The engine refuses that too, but one thread is not two. */
    @Test
    void aThreadMayCutItsOwnMessage() {
        send(true);
        sendText();
        send(false);
        assertEquals(List.of(), log.entries());
    }

    @Test
    void aThreadThatCutsItsOwnMessageHidesNoConflict() throws Exception {
        send(true);
        sendText();
        anotherSendsText();
        assertReported("sendText");
    }

    @Test
    void aPartThatIsBeingSentIsNotOpen() throws Exception {
        Part part = begin(true);
        anotherSendsText();
        assertEquals(List.of(), log.entries());
        part.sent(null);
        anotherSendsText();
        assertReported("sendText");
    }

    /** The engine may tell the callback, which sends the rest, before it returns from the first part. */
    @Test
    void theRestMayBeSentWhileTheFirstPartIs() throws Exception {
        Part part = begin(true);
        anotherThread(() -> {
            sendLast(true);
            return null;
        });
        part.sent(null);
        anotherSendsText();
        assertEquals(List.of(), log.entries());
    }

    @Test
    void aPartThatFailsLeavesNothingOpen() throws Exception {
        begin(true).sent(new IllegalStateException());
        anotherSendsText();
        Part failsAtOnce = begin(true);
        failsAtOnce.failed();
        failsAtOnce.sent(null);
        anotherSendsText();
        send(true).failed();
        anotherSendsText();
        assertEquals(List.of(), log.entries());
    }

    @Test
    void anOldPartThatFailsSaysNothingOfTheNewOne() throws Exception {
        Part old = send(true);
        sendLast(true);
        send(true);
        old.failed();
        anotherSendsText();
        assertReported("sendText");
    }

    /** Then a thread may leave its message half sent. */
    @Test
    void nothingIsReportedOfASessionThatIsClosed() throws Exception {
        send(true);
        isUsable = false;
        anotherSendsText();
        anotherThread(() -> send(false));
        assertEquals(List.of(), log.entries());
    }

    @Test
    void bothThreadsFailIfThatIsWanted() throws Exception {
        guard = guard(GuardMode.FAIL, DetectorLevel.MESSAGES);
        send(true);
        assertThrows(ConcurrentWriteException.class, () -> {
            try {
                anotherSendsText();
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        });
        ConcurrentWriteException mine = assertThrows(ConcurrentWriteException.class, () -> sendLast(true));
        assertTrue(mine.getCause().getMessage().startsWith("the second writer: "), mine::toString);
        assertThrows(ConcurrentWriteException.class, this::sendText);
        assertReported("sendText");
    }

    @Test
    void atLevelCallsNothingIsAConflict() throws Exception {
        guard = guard(GuardMode.FAIL, DetectorLevel.CALLS);
        send(true);
        anotherSendsText();
        assertEquals(List.of(), log.entries());
    }

    /** A logger may send to the same session, or wait for a thread that does. */
    @ParameterizedTest
    @EnumSource(GuardMode.class)
    void nobodyWaitsForALogger(GuardMode mode) throws Exception {
        guard = guard(mode, DetectorLevel.MESSAGES);
        anotherThread(() -> send(true));
        ExecutorService third = Executors.newSingleThreadExecutor();
        log.duringLog = () -> {
            try {
                third.submit(this::sendText).get();
            } catch (Exception e) { // in mode fail
                log.duringLog = () -> {};
            }
        };
        try {
            sendText();
        } catch (ConcurrentWriteException e) {
            assertEquals(GuardMode.FAIL, mode);
        }
        third.shutdown();
        assertEquals(1, log.entries().size());
    }

    @Test
    void overlapsOfManyThreadsAreNoConflict() throws Exception {
        ExecutorService many = Executors.newFixedThreadPool(4);
        Object message = new Object();
        for (int i = 0; i < 4; i++) {
            many.execute(() -> {
                for (int j = 0; j < 20_000; j++) {
                    synchronized (message) {
                        send(true);
                        sendLast(true);
                    }
                }
            });
            many.execute(() -> {
                for (int j = 0; j < 20_000; j++) {
                    synchronized (message) {
                        sendText();
                    }
                }
            });
        }
        many.shutdown();
        assertTrue(many.awaitTermination(100, TimeUnit.SECONDS));
        assertEquals(List.of(), log.entries());
    }
}
