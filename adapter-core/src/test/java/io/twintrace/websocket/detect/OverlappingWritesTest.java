package io.twintrace.websocket.detect;

import static io.twintrace.websocket.detect.Actor.assertInside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.fixture.Guarded;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two calls overlap in time: bob writes while alice is inside a write. */
@Timeout(60)
class OverlappingWritesTest {
    private final List<ConcurrentWriteReport> heard = new CopyOnWriteArrayList<>();
    private final Guarded connection = new Guarded(DetectorLevel.MESSAGES, heard::add);
    private final CountDownLatch aliceIsInside = new CountDownLatch(1);
    private final CountDownLatch aliceMayLeave = new CountDownLatch(1);

    private Actor alice;
    private Actor bob;

    @BeforeEach
    void hire() throws Exception {
        alice = new Actor("alice");
        bob = new Actor("bob");
    }

    @AfterEach
    void dismiss() throws Exception {
        alice.close();
        bob.close();
    }

    @ParameterizedTest
    @EnumSource(DetectorLevel.class)
    void bothFailEachWithTheStackOfTheOther(DetectorLevel level) throws Exception {
        Guarded watched = new Guarded(level);
        aliceGoesInside(watched);
        ConcurrentWriteException bobs = bob.failsWhen(() -> watched.writeJson(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        ConcurrentWriteException alices = alice.failed();

        assertInside("writeJson", bobs.getStackTrace());
        assertInside("writeMessage", cause(bobs).getStackTrace());
        assertInside("writeMessage", alices.getStackTrace());
        assertInside("writeJson", cause(alices).getStackTrace());
        assertEquals(Kind.OVERLAPPING_CALLS, bobs.report().kind());
        assertEquals(level, alices.report().level());
        assertTrue(alices.report().openedAt().isEmpty());
    }

    @Test
    void messageNamesConnectionThreadsOperationsAndTheRepair() throws Exception {
        aliceGoesInside(connection);
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        ConcurrentWriteException alices = alice.failed();

        String repair = ". Only one thread at a time may write to a connection: both calls fail, and the connection is"
                + " closed with 1011. How to fix it: let every thread offer its messages to connection.outbox(); see"
                + " docs/concurrent-writes.md (in the jar: META-INF/twintrace/concurrent-writes.md)";
        String called = "Concurrent write to WebSocket connection 7 (/chat): thread " + bob.nameWithoutFrame()
                + " called writeJson while thread " + alice.nameWithoutFrame() + " was in writeMessage";
        assertEquals(called + repair, alices.getMessage());
        assertEquals(called + repair, bobs.getMessage()); // although alice's stack was sampled
        assertEquals(
                "the second writer: thread " + bob.nameWithoutFrame() + " in writeJson",
                cause(alices).getMessage());
        assertEquals(
                "the first writer: thread " + alice.nameWithoutFrame() + " in writeMessage",
                cause(bobs).getMessage());
    }

    @Test
    void stacksInTheReportBeginAtTheWriteMethod() throws Exception {
        aliceGoesInside(connection);
        bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        ConcurrentWriteReport report = alice.failed().report();

        assertEquals("writeMessage", report.first().stack().get(0).getMethodName());
        assertEquals(
                OverlappingWritesTest.class.getName(),
                report.first().stack().get(1).getClassName());
        assertEquals("writeJson", report.second().stack().get(0).getMethodName());
        assertEquals(
                OverlappingWritesTest.class.getName(),
                report.second().stack().get(1).getClassName());
        assertEquals("writeMessage", report.first().operation());
        assertEquals("writeJson", report.second().operation());
        assertEquals(alice.name(), report.first().thread());
        assertEquals(bob.name(), report.second().thread());
    }

    @Test
    void sampledStackBeginsAtTheCallOfTheFirstWriter() throws Exception {
        aliceGoesInside(connection);
        ConcurrentWriteReport report =
                bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING)).report();
        assertEquals("writeMessage", report.first().stack().get(0).getMethodName());
        assertEquals(
                OverlappingWritesTest.class.getName(),
                report.first().stack().get(1).getClassName());
        aliceMayLeave.countDown();
        alice.failed();
    }

    @Test
    void whateverTheFirstCallThrewIsSuppressedUnderIt() throws Exception {
        IOException reset = new IOException("connection reset");
        aliceGoesInside(connection, () -> {
            throw reset;
        });
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        ConcurrentWriteException alices = alice.failed();
        assertSame(reset, alices.getSuppressed()[0]);
        assertEquals(1, alices.getSuppressed().length);
        assertEquals(0, bobs.getSuppressed().length);
    }

    @Test
    void exceptionOfAnUndisturbedCallIsItsOwn() throws Exception {
        IOException reset = new IOException("connection reset");
        alice.start(() -> connection.writeMessage(() -> {
            throw reset;
        }));
        assertSame(reset, alice.outcome());
        bob.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertFalse(connection.detector.isPoisoned());
    }

    @Test
    void everyLaterWriteFailsWithTheConflictAsItsCause() throws Exception {
        ConcurrentWriteException alices = collide();
        for (Actor actor : List.of(alice, bob)) {
            ConcurrentWriteException later = actor.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
            assertEquals(
                    "writeMessage on WebSocket connection 7 (/chat) failed because of an earlier concurrent write"
                            + " (see the cause)",
                    later.getMessage());
            assertSame(alices, later.getCause());
            assertInside("writeMessage", later.getStackTrace());
            assertEquals(alices.report(), later.report());
        }
        actorsFailAtASettingToo();
    }

    private void actorsFailAtASettingToo() throws Exception {
        ConcurrentWriteException later = bob.failsWhen(connection::setWriteDeadline);
        assertTrue(later.getMessage().startsWith("setWriteDeadline on WebSocket connection 7 (/chat) failed because"));
    }

    @Test
    void thirdThreadFailsAsALaterOneWhileTheFirstIsStillInside() throws Exception {
        try (Actor carol = new Actor("carol")) {
            aliceGoesInside(connection);
            ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
            ConcurrentWriteException carols = carol.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
            assertSame(bobs, carols.getCause());
            aliceMayLeave.countDown();
            assertInside("writeJson", cause(alice.failed()).getStackTrace());
        }
    }

    @Test
    void settingInsideAnotherThreadsWriteIsAConflict() throws Exception {
        aliceGoesInside(connection);
        ConcurrentWriteException bobs = bob.failsWhen(connection::setWriteDeadline);
        assertEquals("setWriteDeadline", bobs.report().second().operation());
        aliceMayLeave.countDown();
        alice.failed();
    }

    @Test
    void callsThatDoNotOverlapAreNoConflict() throws Exception {
        for (int i = 0; i < 1000; i++) {
            alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
            bob.does(() -> connection.writeJson(Guarded.Body.NOTHING));
        }
        assertFalse(connection.detector.isPoisoned());
        assertTrue(heard.isEmpty());
    }

    @Test
    void writeWithinAWriteIsAMistakeOfItsOwnAndPoisonsNothing() throws Exception {
        alice.does(() -> connection.writeJson(() -> {
            IllegalStateException nested =
                    assertThrows(IllegalStateException.class, () -> connection.writeMessage(Guarded.Body.NOTHING));
            assertEquals(
                    "writeMessage on WebSocket connection 7 (/chat) was called by a thread that is already"
                            + " writing to it: a serializer, stream or handler that runs during a write must not"
                            + " write to the same connection",
                    nested.getMessage());
            assertFalse(connection.detector.isPoisoned());
        }));
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        bob.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertTrue(heard.isEmpty());
    }

    @Test
    void writeWithinAWriteThatIsNotCaughtEndsTheOuterCallOnly() throws Exception {
        alice.start(() -> connection.writeJson(() -> connection.writeMessage(Guarded.Body.NOTHING)));
        assertInstanceOf(IllegalStateException.class, alice.outcome());
        bob.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
    }

    @Test
    void writeWithinAWriteAfterAConflictFailsAndSoDoesTheOuterOne() throws Exception {
        aliceGoesInside(connection, () -> connection.writeMessage(Guarded.Body.NOTHING));
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        ConcurrentWriteException alices = alice.failed();
        assertInside("writeJson", cause(alices).getStackTrace());
        assertSame(bobs, alices.getSuppressed()[0].getCause());
    }

    @Test
    void listenerHearsOnceOnTheSecondThreadBeforeItThrows() throws Exception {
        List<Thread> on = new CopyOnWriteArrayList<>();
        Guarded watched = new Guarded(DetectorLevel.MESSAGES, report -> {
            heard.add(report);
            on.add(Thread.currentThread());
        });
        aliceGoesInside(watched);
        ConcurrentWriteException bobs = bob.failsWhen(() -> watched.writeJson(Guarded.Body.NOTHING));
        assertEquals(List.of(bobs.report()), heard); // although alice is inside still
        assertEquals(List.of(bob.thread()), on);
        aliceMayLeave.countDown();
        alice.failed();
        alice.failsWhen(() -> watched.writeMessage(Guarded.Body.NOTHING));
        bob.failsWhen(() -> watched.writeMessage(Guarded.Body.NOTHING));
        assertEquals(1, heard.size());
    }

    @Test
    void whatAListenerThrowsIsSuppressedAndTheNextOneStillHears() throws Exception {
        RuntimeException broken = new RuntimeException("listener is broken");
        ConcurrentWriteListener first = report -> {
            throw broken;
        };
        Guarded watched = new Guarded(DetectorLevel.MESSAGES, first.andThen(heard::add));
        aliceGoesInside(watched);
        ConcurrentWriteException bobs = bob.failsWhen(() -> watched.writeJson(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        alice.failed();
        assertSame(broken, bobs.getSuppressed()[0]);
        assertEquals(1, heard.size());
    }

    @Test
    void counterCountsConflictsNotExceptions() throws Exception {
        long before = ConcurrentWrites.detected();
        collide();
        bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertEquals(before + 1, ConcurrentWrites.detected());
    }

    @Test
    void poisonShowsAsSoonAsTheSecondThreadFails() throws Exception {
        aliceGoesInside(connection);
        assertFalse(connection.detector.isPoisoned());
        bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertTrue(connection.detector.isPoisoned());
        aliceMayLeave.countDown();
        alice.failed();
        assertTrue(connection.detector.isPoisoned());
    }

    @Test
    void unnamedThreadIsKnownByItsNumber() throws Exception {
        try (Actor nameless = new Actor("")) {
            aliceGoesInside(connection);
            ConcurrentWriteException e = nameless.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
            assertEquals(
                    "unnamed (#" + nameless.thread().getId() + ")",
                    e.report().second().thread());
            aliceMayLeave.countDown();
            alice.failed();
        }
    }

    private ConcurrentWriteException collide() throws Exception {
        aliceGoesInside(connection);
        bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        return alice.failed();
    }

    private void aliceGoesInside(Guarded connection) throws Exception {
        aliceGoesInside(connection, Guarded.Body.NOTHING);
    }

    private void aliceGoesInside(Guarded connection, Guarded.Body before) throws Exception {
        alice.start(() -> connection.writeMessage(() -> {
            aliceIsInside.countDown();
            Actor.await(aliceMayLeave);
            before.run();
        }));
        Actor.await(aliceIsInside);
        alice.awaitWaiting();
    }

    private static WriterTrace cause(ConcurrentWriteException e) {
        WriterTrace other = assertInstanceOf(WriterTrace.class, e.getCause());
        assertNull(other.getCause());
        return other;
    }
}
