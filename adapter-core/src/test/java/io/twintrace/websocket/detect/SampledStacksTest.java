package io.twintrace.websocket.detect;

import static io.twintrace.websocket.detect.Actor.assertInside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.fixture.Guarded;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events that happen while the second thread samples the first. */
@Timeout(60)
class SampledStacksTest {
    private final List<ConcurrentWriteReport> heard = new CopyOnWriteArrayList<>();
    private final Guarded connection = new Guarded(DetectorLevel.MESSAGES, heard::add);
    private final CountDownLatch aliceIsInside = new CountDownLatch(1);
    private final CountDownLatch aliceMayLeave = new CountDownLatch(1);

    private Actor alice;
    private Actor bob;
    private Actor carol;

    @BeforeEach
    void hire() throws Exception {
        alice = new Actor(task -> new SampledThread(task, "alice"));
        bob = new Actor("bob");
        carol = new Actor("carol");
    }

    @AfterEach
    void dismiss() {
        alice.close();
        bob.close();
        carol.close();
    }

    private void whenAliceIsSampled(Guarded.Body body) {
        ((SampledThread) alice.thread()).whenSampled(() -> {
            try {
                body.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private void aliceGoesInside() throws Exception {
        alice.start(() -> connection.writeMessage(() -> {
            aliceIsInside.countDown();
            Actor.await(aliceMayLeave);
        }));
        Actor.await(aliceIsInside);
        alice.awaitWaiting();
    }

    /** The holder's own call tells where it continues the message. A moment later it can be anywhere. */
    @Test
    void holderThatFailsWhileItIsLookedAtIsReportedWhereItFailed() throws Exception {
        alice.does(connection::nextWriter);
        AtomicReference<ConcurrentWriteException> alices = new AtomicReference<>();
        whenAliceIsSampled(() -> alices.set(alice.failsWhen(() -> connection.write(Guarded.Body.NOTHING))));
        ConcurrentWriteException bobs = bob.failsWhen(connection::nextWriter);
        assertInside("write", bobs.getCause().getStackTrace());
        assertInside("write", heard.get(0).first().stack().toArray(new StackTraceElement[0]));
        assertInside("nextWriter", alices.get().getCause().getStackTrace());
        assertEquals(bobs.report(), alices.get().report());
    }

    @Test
    void thirdWriterThatComesBeforeTheOthersHaveFailedNamesBothOfThem() throws Exception {
        aliceGoesInside();
        AtomicReference<ConcurrentWriteException> carols = new AtomicReference<>();
        whenAliceIsSampled(() -> carols.set(carol.failsWhen(connection::setWriteDeadline)));
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        aliceMayLeave.countDown();
        alice.failed();

        ConcurrentWriteException first =
                assertInstanceOf(ConcurrentWriteException.class, carols.get().getCause());
        assertEquals(bobs.getMessage(), first.getMessage());
        assertInside("writeJson", first.getStackTrace());
        WriterTrace other = assertInstanceOf(WriterTrace.class, first.getCause());
        assertEquals(bobs.getCause().getMessage(), other.getMessage());
        assertInside("writeMessage", other.getStackTrace());
    }

    @Test
    void secondWriterReportsTheConflictEvenWithoutMemoryForStacks() throws Exception {
        aliceGoesInside();
        OutOfMemoryError none = new OutOfMemoryError("for a test");
        whenAliceIsSampled(() -> {
            throw none;
        });
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertEquals(List.of(bobs.report()), heard);
        assertEquals(List.of(none), List.of(bobs.getSuppressed()));
        assertEquals("writeMessage", bobs.report().first().operation());
        assertEquals(alice.name(), bobs.report().first().thread());
        assertTrue(bobs.report().render().contains("(no stack: it could not be taken)"));
        aliceMayLeave.countDown();
        assertInside("writeJson", alice.failed().getCause().getStackTrace());
        assertEquals(1, heard.size());
    }

    /** For example, a thread whose stack is exhausted. */
    @Test
    void whereTheSecondWriterCannotTellOfTheConflictTheFirstDoes() throws Exception {
        aliceGoesInside();
        StackOverflowError overflow = new StackOverflowError("for a test");
        whenAliceIsSampled(() -> {
            throw overflow;
        });
        bob.start(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertEquals(overflow, bob.outcome());
        assertTrue(connection.detector.isPoisoned());
        assertEquals(List.of(), heard);
        aliceMayLeave.countDown();
        ConcurrentWriteException alices = alice.failed();
        assertEquals(List.of(alices.report()), heard);
        assertInside("writeJson", alices.getCause().getStackTrace());
        carol.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertEquals(1, heard.size());
    }

    /** A report might never come, since no other thread need write. The Close frame and log lines wait for it. */
    @Test
    void nothingWaitsForAReportThatTheSecondWriterCannotMake() throws Exception {
        aliceGoesInside();
        AtomicReference<ConcurrentWriteException> alices = new AtomicReference<>();
        StackOverflowError overflow = new StackOverflowError("for a test");
        whenAliceIsSampled(() -> {
            aliceMayLeave.countDown();
            alices.set(alice.failed());
            throw overflow;
        });
        bob.start(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertEquals(overflow, bob.outcome());
        CountDownLatch released = new CountDownLatch(1);
        alices.get().whenReported(released::countDown);
        assertEquals(0, released.getCount());
        carol.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertEquals(1, heard.size(), "the next thread that fails reports");
    }

    @Test
    void whatHasArrivedSinceTheFirstCallBeganIsReported() throws Exception {
        connection.received.set(7);
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        connection.received.set(8); // between two calls
        aliceGoesInside();
        connection.received.set(9);
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertTrue(bobs.report().messageArrived());
        aliceMayLeave.countDown();
        assertTrue(alice.failed().report().messageArrived());
    }

    @Test
    void whatHadArrivedBeforeTheFirstCallBeganIsNot() throws Exception {
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        connection.received.set(8);
        aliceGoesInside();
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeJson(Guarded.Body.NOTHING));
        assertFalse(bobs.report().messageArrived());
        aliceMayLeave.countDown();
        alice.failed();
    }
}
