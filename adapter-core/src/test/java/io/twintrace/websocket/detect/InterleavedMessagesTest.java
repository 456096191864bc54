package io.twintrace.websocket.detect;

import static io.twintrace.websocket.detect.Actor.assertInside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.fixture.Guarded;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bob writes while alice has a message open and no call running. */
@Timeout(60)
class InterleavedMessagesTest {
    private final List<ConcurrentWriteReport> heard = new CopyOnWriteArrayList<>();
    private final Guarded connection = new Guarded(DetectorLevel.MESSAGES, heard::add);

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

    @Test
    void interruptingThreadFailsAtOnceAndTheOpenerAtItsNextCall() throws Exception {
        alice.does(connection::nextWriter);
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertTrue(connection.detector.isPoisoned());
        ConcurrentWriteException alices = alice.failsWhen(() -> connection.write(Guarded.Body.NOTHING));

        String summary = "Concurrent write to WebSocket connection 7 (/chat): thread " + bob.nameWithoutFrame()
                + " called writeMessage while thread " + alice.name() + " had an unfinished message open"
                + " (detector level TRACED shows where it opened the message)";
        String repair = ". Only one thread at a time may write to a connection: this call and the other thread's"
                + " next one fail, and the connection is closed with 1011. How to fix it: close the MessageWriter"
                + " before another thread writes (try-with-resources, under one lock), or build the whole message first"
                + " and let every thread offer its messages to connection.outbox(); see docs/concurrent-writes.md"
                + " (in the jar: META-INF/twintrace/concurrent-writes.md)";
        assertEquals(summary + repair, bobs.getMessage());
        assertEquals(summary + repair, alices.getMessage());
        assertEquals(Kind.INTERLEAVED_MESSAGE, alices.report().kind());
        assertInside("write", alices.getStackTrace());
        assertInside("writeMessage", other(alices).getStackTrace());
        assertEquals(
                "the second writer: thread " + bob.nameWithoutFrame() + " in writeMessage",
                other(alices).getMessage());
        assertEquals(
                "the first writer: thread " + alice.nameWithoutFrame() + " in an unfinished message",
                other(bobs).getMessage());
        assertEquals(bobs.report(), alices.report());
        assertEquals(List.of(bobs.report()), heard);
    }

    @Test
    void openerFailsAsTheFirstWriterOnceAndAsALaterOneThen() throws Exception {
        alice.does(connection::nextWriter);
        bob.failsWhen(connection::nextWriter);
        ConcurrentWriteException first = alice.failsWhen(connection::close);
        ConcurrentWriteException later = alice.failsWhen(connection::close);
        assertSame(first, later.getCause());
        assertSame(first, bob.failsWhen(connection::nextWriter).getCause());
    }

    @Test
    void openerWhoStartsAnewAfterTheConflictFailsAsTheFirstWriter() throws Exception {
        alice.does(connection::nextWriter);
        bob.failsWhen(connection::nextWriter);
        assertInside(
                "nextWriter",
                other(alice.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING)))
                        .getStackTrace());
    }

    @Test
    void stackOfTheOpenerIsWhereItIsNow() throws Exception {
        alice.does(connection::nextWriter);
        CountDownLatch aliceIsBusy = new CountDownLatch(1);
        CountDownLatch aliceMayGoOn = new CountDownLatch(1);
        alice.start(() -> {
            aliceIsBusy.countDown();
            Actor.await(aliceMayGoOn);
        });
        Actor.await(aliceIsBusy);
        alice.awaitWaiting();
        ConcurrentWriteException bobs = bob.failsWhen(connection::nextWriter);
        aliceMayGoOn.countDown();
        alice.outcome();
        assertTrue(List.of(other(bobs).getStackTrace()).stream()
                .anyMatch(frame -> frame.getClassName().equals(Actor.class.getName())
                        && frame.getMethodName().equals("await")));
        assertTrue(bobs.report().openedAt().isEmpty());
        assertTrue(bobs.report().render().contains("(detector level TRACED shows where it opened the message)"));
    }

    @Test
    void openerThatHasEndedHasNoStack() throws Exception {
        try (Actor carol = new Actor("carol")) {
            carol.does(connection::nextWriter);
            carol.goesHome();
            ConcurrentWriteException bobs = bob.failsWhen(connection::nextWriter);
            assertEquals(0, other(bobs).getStackTrace().length);
            assertEquals(carol.name(), bobs.report().first().thread());
            assertTrue(bobs.report().first().ended());
            assertTrue(bobs.report().render().contains("    (no stack: the thread has ended)\n"));
            assertTrue(
                    bobs.getMessage()
                            .contains(" while thread " + carol.name()
                                    + ", which has ended, had an unfinished message open"
                                    + " (detector level TRACED shows where it opened the message). "),
                    bobs.getMessage());
        }
    }

    @Test
    void tracedSaysWhereAnOpenerThatHasEndedOpenedItsMessage() throws Exception {
        Guarded traced = new Guarded(DetectorLevel.TRACED);
        try (Actor carol = new Actor("carol")) {
            carol.does(() -> openHere(traced));
            carol.goesHome();
            ConcurrentWriteException bobs = bob.failsWhen(traced::nextWriter);
            assertTrue(bobs.getMessage().contains("thread " + carol.name() + ", which has ended, had an unfinished"));
            assertEquals(
                    "openHere",
                    frameAbove("nextWriter", bobs.report().openedAt().toArray(new StackTraceElement[0])));
            assertEquals("openHere", frameAbove("nextWriter", other(bobs).getStackTrace()));
        }
    }

    @Test
    void levelCallsLetsMessagesInterleave() throws Exception {
        Guarded lenient = new Guarded(DetectorLevel.CALLS);
        alice.does(lenient::nextWriter);
        bob.does(lenient::nextWriter);
        alice.does(() -> lenient.write(Guarded.Body.NOTHING));
        bob.does(() -> lenient.writeMessage(Guarded.Body.NOTHING));
        assertFalse(lenient.detector.isPoisoned());
    }

    @Test
    void sameThreadMayStartANewMessageWhileOneIsOpen() throws Exception {
        alice.does(connection::nextWriter);
        alice.does(connection::nextWriter);
        alice.does(() -> connection.writeMessage(connection.detector::messageFinished));
        bob.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
    }

    @Test
    void openWriterMayBeHandedOnAndItsHolderIsWhoUsedItLast() throws Exception {
        alice.does(connection::nextWriter);
        bob.does(() -> connection.write(Guarded.Body.NOTHING));
        alice.does(() -> connection.write(Guarded.Body.NOTHING));
        bob.does(() -> connection.write(Guarded.Body.NOTHING));
        ConcurrentWriteException alices = alice.failsWhen(connection::nextWriter);
        assertEquals(bob.name(), alices.report().first().thread());
        assertEquals(alice.name(), alices.report().second().thread());
        other(bob.failsWhen(() -> connection.write(Guarded.Body.NOTHING)));
    }

    @Test
    void newHolderOfTheWriterFailsAsTheFirstWriterAfterAConflict() throws Exception {
        try (Actor carol = new Actor("carol")) {
            alice.does(connection::nextWriter);
            bob.failsWhen(connection::nextWriter);
            ConcurrentWriteException carols = carol.failsWhen(() -> connection.write(Guarded.Body.NOTHING));
            assertEquals(
                    "the second writer: thread " + bob.nameWithoutFrame() + " in nextWriter",
                    other(carols).getMessage());
            assertSame(carols, alice.failsWhen(connection::close).getCause());
        }
    }

    @Test
    void closingByTheSecondThreadDoesNotReplaceTheOpener() throws Exception {
        alice.does(connection::nextWriter);
        ConcurrentWriteException bobs = bob.failsWhen(connection::nextWriter);
        // A finally block may do this with the writer of an earlier message.
        assertSame(bobs, bob.failsWhen(connection::close).getCause());
        ConcurrentWriteException alices = alice.failsWhen(connection::close);
        assertInside("nextWriter", other(alices).getStackTrace());
    }

    @Test
    void finishedMessageIsInNobodysWay() throws Exception {
        alice.does(connection::nextWriter);
        bob.does(connection::close);
        bob.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        alice.does(connection::nextWriter);
        alice.does(connection::close);
        bob.does(connection::nextWriter);
        assertTrue(heard.isEmpty());
    }

    @Test
    void settingDuringAnotherThreadsMessageIsNoConflict() throws Exception {
        alice.does(connection::nextWriter);
        bob.does(connection::setWriteDeadline);
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING)); // still the holder
        assertFalse(connection.detector.isPoisoned());
    }

    @Test
    void tracedSaysWhereTheMessageWasOpenedAndWhereItWasLastWorkedOn() throws Exception {
        Guarded traced = new Guarded(DetectorLevel.TRACED, heard::add);
        alice.does(() -> openHere(traced));
        alice.does(() -> continueHere(traced));
        bob.does(traced::setWriteDeadline); // leaves no trace, since it does nothing to the message
        ConcurrentWriteReport report =
                bob.failsWhen(() -> traced.writeMessage(Guarded.Body.NOTHING)).report();

        StackTraceElement[] openedAt = report.openedAt().toArray(new StackTraceElement[0]);
        assertInside("nextWriter", openedAt);
        assertEquals("openHere", frameAbove("nextWriter", openedAt));
        StackTraceElement[] lastUsed = report.first().stack().toArray(new StackTraceElement[0]);
        assertInside("write", lastUsed);
        assertEquals("continueHere", frameAbove("write", lastUsed));
        assertTrue(report.render().contains("Its message was opened here\n"));
        assertEquals(report, alice.failsWhen(traced::close).report());
    }

    @Test
    void tracedDoesNotTakeACallThatDidNothingToTheMessageForItsWriters() throws Exception {
        Guarded traced = new Guarded(DetectorLevel.TRACED);
        alice.does(() -> openHere(traced));
        bob.does(() -> tryAWriterThatIsClosed(traced));
        ConcurrentWriteReport report =
                bob.failsWhen(() -> traced.writeMessage(Guarded.Body.NOTHING)).report();
        StackTraceElement[] lastUsed = report.first().stack().toArray(new StackTraceElement[0]);
        assertEquals("openHere", frameAbove("nextWriter", lastUsed));
    }

    private static void tryAWriterThatIsClosed(Guarded connection) {
        connection.detector.enter(Operation.WRITER_WRITE);
        connection.detector.leave(Operation.WRITER_WRITE, null);
    }

    @Test
    void tracedForgetsWhereAFinishedMessageWasOpened() throws Exception {
        Guarded traced = new Guarded(DetectorLevel.TRACED);
        alice.does(() -> openHere(traced));
        alice.does(traced::close);
        alice.does(traced::nextWriter);
        ConcurrentWriteReport report = bob.failsWhen(traced::nextWriter).report();
        for (StackTraceElement frame : report.openedAt()) {
            assertFalse(frame.getMethodName().equals("openHere"));
        }
    }

    @Test
    void thirdThreadThatOverlapsAWriteOfAnOpenMessageIsAnOverlap() throws Exception {
        CountDownLatch aliceIsInside = new CountDownLatch(1);
        CountDownLatch aliceMayLeave = new CountDownLatch(1);
        alice.does(connection::nextWriter);
        alice.start(() -> connection.write(() -> {
            aliceIsInside.countDown();
            Actor.await(aliceMayLeave);
        }));
        Actor.await(aliceIsInside);
        ConcurrentWriteException bobs = bob.failsWhen(connection::nextWriter);
        aliceMayLeave.countDown();
        assertEquals(Kind.OVERLAPPING_CALLS, bobs.report().kind());
        assertInside("nextWriter", other(alice.failed()).getStackTrace());
    }

    private static void openHere(Guarded connection) throws Exception {
        connection.nextWriter();
    }

    private static void continueHere(Guarded connection) throws Exception {
        connection.write(Guarded.Body.NOTHING);
    }

    private static String frameAbove(String method, StackTraceElement[] stack) {
        for (int i = 0; i < stack.length - 1; i++) {
            if (stack[i].getMethodName().equals(method)) {
                return stack[i + 1].getMethodName();
            }
        }
        return "none";
    }

    private static WriterTrace other(ConcurrentWriteException e) {
        return assertInstanceOf(WriterTrace.class, e.getCause());
    }
}
