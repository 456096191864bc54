package io.twintrace.guarded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.guard.GuardMode;
import io.twintrace.websocket.guard.SessionGuard;
import io.twintrace.websocket.guard.SessionGuard.Visit;
import io.twintrace.websocket.guard.SessionGuards;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PingsBetweenPartsTest {
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

    private static void sendPart(SessionGuard guard, boolean isLast) {
        guard.enterPart(true).sentPart(true, isLast, null);
    }

    private static void elsewhere(Runnable task) throws InterruptedException {
        Thread thread = new Thread(task, "elsewhere");
        thread.start();
        thread.join();
    }

    @Test
    void aPingBetweenThePartsOfAnotherThreadIsReported() throws Exception {
        elsewhere(() -> sendPart(guard, false));
        guard.checkBetweenParts(Operation.SEND_PING);
        assertTrue(
                log.only()
                        .matches(".*PingsBetweenPartsTest.* called RemoteEndpoint\\.sendPing while thread \"elsewhere\""
                                + " .* had an unfinished message open.*"),
                log.only());
    }

    @Test
    void ifCallsFailThePingFails() throws Exception {
        SessionGuard failing = guard(GuardMode.FAIL);
        elsewhere(() -> sendPart(failing, false));
        assertThrows(ConcurrentWriteException.class, () -> failing.checkBetweenParts(Operation.SEND_PONG));
    }

    @Test
    void anyOtherPingIsNoConflict() throws Exception {
        guard.checkBetweenParts(Operation.SEND_PING);
        Visit inside = guard.enter(Operation.SEND_TEXT);
        elsewhere(() -> guard.checkBetweenParts(Operation.SEND_PING)); // beside a whole message
        inside.sent(Operation.SEND_TEXT, null);
        sendPart(guard, false);
        guard.checkBetweenParts(Operation.SEND_PONG); // one thread alone
        elsewhere(() -> sendPart(guard, true));
        elsewhere(() -> guard.checkBetweenParts(Operation.SEND_PING));
        assertEquals(List.of(), log.entries());
    }
}
