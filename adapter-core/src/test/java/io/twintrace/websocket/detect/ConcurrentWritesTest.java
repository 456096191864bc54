package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.Guarded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The statistics of all conflicts together. */
@Timeout(60)
class ConcurrentWritesTest {
    /** Two threads collide on a connection of their own. */
    private static ConcurrentWriteException collide(ConcurrentWriteListener listener) throws Exception {
        Guarded connection = new Guarded(DetectorLevel.MESSAGES, listener);
        try (Actor alice = new Actor("alice");
                Actor bob = new Actor("bob")) {
            alice.does(connection::nextWriter);
            ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
            alice.failsWhen(connection::close);
            alice.failsWhen(connection::close);
            bob.failsWhen(connection::nextWriter);
            return bobs;
        }
    }

    @Test
    void aListenerHearsOfEveryConnectionUntilItIsRemoved() throws Exception {
        List<ConcurrentWriteReport> heard = new ArrayList<>();
        ConcurrentWriteListener listener = heard::add;
        ConcurrentWrites.addListener(listener);
        ConcurrentWrites.addListener(listener); // once is enough
        ConcurrentWriteException one = collide(report -> {});
        ConcurrentWriteException two = collide(report -> {});
        ConcurrentWrites.removeListener(listener);
        collide(report -> {});
        assertEquals(List.of(one.report(), two.report()), heard);
    }

    @Test
    void aListenerThatThrowsKeepsNobodyFromHearingAndIsSuppressed() throws Exception {
        List<ConcurrentWriteReport> heard = new ArrayList<>();
        RuntimeException first = new IllegalStateException("the connection's");
        RuntimeException second = new IllegalStateException("a global one's");
        ConcurrentWriteListener throwing = report -> {
            throw second;
        };
        ConcurrentWriteListener hearing = heard::add;
        ConcurrentWrites.addListener(throwing);
        ConcurrentWrites.addListener(hearing);
        try {
            ConcurrentWriteException e = collide(report -> {
                throw first;
            });
            assertEquals(1, heard.size());
            assertSame(first, e.getSuppressed()[0]);
            assertSame(second, e.getSuppressed()[1]);
        } finally {
            ConcurrentWrites.removeListener(throwing);
            ConcurrentWrites.removeListener(hearing);
        }
    }

    @Test
    void conflictsAreCountedAndSoAreTheWritesThatFailForThem() throws Exception {
        long detected = ConcurrentWrites.detected();
        long failedLater = ConcurrentWrites.failedLater();
        collide(report -> {});
        assertEquals(detected + 1, ConcurrentWrites.detected());
        assertEquals(failedLater + 2, ConcurrentWrites.failedLater());
    }

    @Test
    void theLastSixteenReportsAreKept() throws Exception {
        for (int i = 0; i < 20; i++) {
            collide(report -> {});
        }
        ConcurrentWriteException newest = collide(report -> {});
        List<ConcurrentWriteReport> last = ConcurrentWrites.lastReports();
        assertEquals(16, last.size());
        assertEquals(newest.report(), last.get(15));
    }

    @Test
    void theWindowIsWideForConnectionsThatBeginWhileItIsOpen() throws Exception {
        Guarded before = new Guarded(DetectorLevel.MESSAGES);
        WideWindow window = WideWindow.open(Duration.ofMillis(20));
        Guarded wide = new Guarded(DetectorLevel.MESSAGES);
        WideWindow none = WideWindow.open(Duration.ZERO);
        assertFalse(isWide(new Guarded(DetectorLevel.MESSAGES)));
        none.close();
        assertTrue(millisOfTwentyWrites(new Guarded(DetectorLevel.MESSAGES)) >= 40, "the one before is back");
        window.close();
        assertTrue(millisOfTwentyWrites(wide) >= 40);
        assertFalse(isWide(before));
        assertFalse(isWide(new Guarded(DetectorLevel.MESSAGES)));
    }

    /** As tests that run in parallel do. */
    @Test
    void windowsMayBeClosedInAnyOrder() throws Exception {
        WideWindow first = WideWindow.open(Duration.ofMillis(20));
        WideWindow second = WideWindow.open(Duration.ofMillis(20));
        first.close();
        assertTrue(millisOfTwentyWrites(new Guarded(DetectorLevel.MESSAGES)) >= 40);
        second.close();
        assertFalse(isWide(new Guarded(DetectorLevel.MESSAGES)));
    }

    /** The thread may be held up now and then, but not each time. */
    private static boolean isWide(Guarded connection) throws Exception {
        for (int i = 0; i < 10; i++) {
            if (millisOfTwentyWrites(connection) < 40) {
                return false;
            }
        }
        return true;
    }

    private static long millisOfTwentyWrites(Guarded connection) throws Exception {
        long begin = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            connection.writeMessage(Guarded.Body.NOTHING);
        }
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
