package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Kind;
import io.twintrace.websocket.fixture.Guarded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A write against the declared discipline fails at once, whether or not it overlaps another. */
@Timeout(60)
class WriteDisciplineTest {
    private final Guarded connection = new Guarded(DetectorLevel.MESSAGES);
    private Actor alice;
    private Actor bob;

    @BeforeEach
    void callActors() throws Exception {
        alice = new Actor("alice");
        bob = new Actor("bob");
    }

    @AfterEach
    void dismiss() {
        alice.close();
        bob.close();
    }

    // ---- The kinds of discipline ------------------------------------------------------------------------------------

    @Test
    void guardedByAMonitorWhoeverWritesMustHoldIt() throws Exception {
        Object monitor = new Object();
        connection.declare(WriteDiscipline.guardedBy(monitor));
        for (Actor actor : List.of(alice, bob)) {
            actor.does(() -> {
                synchronized (monitor) {
                    connection.writeMessage(Guarded.Body.NOTHING);
                }
            });
        }
        ConcurrentWriteException e = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertTrue(e.report().discipline().startsWith("guarded by the monitor of java.lang.Object@"));
    }

    @Test
    void guardedByALockWhoeverWritesMustHoldIt() throws Exception {
        Lock lock = new ReentrantLock();
        assertIsGuarding(
                lock, WriteDiscipline.guardedBy(lock), "guarded by the lock java.util.concurrent.locks.Reentr");
    }

    @Test
    void guardedByAWriteLockWhoeverWritesMustHoldIt() throws Exception {
        Lock lock = new ReentrantReadWriteLock().writeLock();
        assertIsGuarding(lock, WriteDiscipline.guardedBy(lock), "guarded by the write lock java.util.concurrent.locks");
    }

    /** A lock in a variable of type Object is still locked, not synchronized on. */
    @Test
    void aLockIsALockWhateverTypeItsVariableHas() throws Exception {
        Object lock = new ReentrantLock();
        assertIsGuarding((Lock) lock, WriteDiscipline.guardedBy(lock), "guarded by the lock ");
    }

    private void assertIsGuarding(Lock lock, WriteDiscipline discipline, String name) throws Exception {
        connection.declare(discipline);
        alice.does(() -> {
            lock.lock();
            try {
                connection.writeMessage(Guarded.Body.NOTHING);
            } finally {
                lock.unlock();
            }
        });
        ConcurrentWriteException e = alice.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertEquals(Kind.BROKEN_DISCIPLINE, e.report().kind());
        assertTrue(e.report().discipline().startsWith(name), e.report().discipline());
        assertEquals("which it did not hold", e.report().breach());
    }

    @Test
    void locksThatCannotSayWhoHoldsThemAreRefusedWithTheRemedy() {
        ReentrantReadWriteLock both = new ReentrantReadWriteLock();
        String two = assertThrows(IllegalArgumentException.class, () -> WriteDiscipline.guardedBy(both))
                .getMessage();
        assertTrue(two.endsWith("which has two locks: pass the one that writers hold, writeLock()"), two);
        for (Lock lock : List.of(both.readLock(), new StampedLock().asWriteLock())) {
            String message = assertThrows(IllegalArgumentException.class, () -> WriteDiscipline.guardedBy(lock))
                    .getMessage();
            assertTrue(message.contains(lock.getClass().getName()), message);
            assertTrue(message.contains("use a ReentrantLock"), message);
        }
    }

    /** Nobody synchronizes on any of these, so every write would be a breach. */
    @Test
    void locksOfThePlatformAreNoMonitors() {
        Object subclass = new StampedLock() {
            private static final long serialVersionUID = 1L;
        };
        for (Object lock : List.of(new StampedLock(), subclass, new ReentrantLock().newCondition(), new Semaphore(1))) {
            String message = assertThrows(IllegalArgumentException.class, () -> WriteDiscipline.guardedBy(lock))
                    .getMessage();
            assertTrue(message.contains(lock.getClass().getName()), message);
            assertTrue(message.contains("use a ReentrantLock"), message);
        }
    }

    @Test
    void confinedToAThreadNoOtherWrites() throws Exception {
        connection.declare(WriteDiscipline.confinedTo(alice.thread()));
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        alice.does(connection::setWriteDeadline);
        ConcurrentWriteException e = bob.failsWhen(connection::setWriteDeadline);
        assertEquals("confined to thread " + alice.name(), e.report().discipline());
    }

    @Test
    void confinedToTheThreadThatWritesFirstNoOtherWrites() throws Exception {
        connection.declare(WriteDiscipline.confinedToFirstWriter());
        bob.does(connection::setWriteDeadline); // a setting is no write yet
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        ConcurrentWriteException e = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertEquals(
                "confined to the thread that wrote first, " + alice.name(),
                e.report().discipline());
    }

    @Test
    void oneDeclarationServesManyConnections() throws Exception {
        Guarded other = new Guarded(DetectorLevel.MESSAGES);
        WriteDiscipline first = WriteDiscipline.confinedToFirstWriter();
        connection.declare(first);
        other.declare(first);
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        bob.does(() -> other.writeMessage(Guarded.Body.NOTHING));
        assertFalse(connection.detector.isPoisoned() || other.detector.isPoisoned());
    }

    @Test
    void noneIsAsIfNothingHadBeenDeclared() throws Exception {
        connection.declare(WriteDiscipline.confinedTo(bob.thread()));
        bob.does(() -> connection.declare(WriteDiscipline.none()));
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        bob.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
    }

    // ---- Reports and effects ----------------------------------------------------------------------------------------

    @Test
    void theReportNamesTheBreakerAndWhoKeptTheDisciplineLastAndWhen() throws Exception {
        connection.declare(WriteDiscipline.confinedTo(alice.thread()));
        Instant before = Instant.now();
        alice.does(() -> connection.writeJson(Guarded.Body.NOTHING));
        Instant after = Instant.now();
        ConcurrentWriteException e = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        Duration counted = Duration.between(after, Instant.now()); // back from the moment of the report
        ConcurrentWriteReport report = e.report();
        assertEquals(alice.name(), report.first().thread());
        assertEquals("writeJson", report.first().operation());
        assertFalse(report.first().time().isBefore(before.minusMillis(50)), () -> before + " " + report);
        assertFalse(report.first().time().isAfter(after.plus(counted).plusMillis(50)), () -> after + " " + report);
        assertEquals(List.of(), report.first().stack());
        assertEquals(bob.name(), report.second().thread());
        assertEquals(
                "Concurrent write to WebSocket connection 7 (/chat): thread " + bob.nameWithoutFrame()
                        + " called writeMessage, but"
                        + " writes to this connection are declared to be confined to thread " + alice.name()
                        + ", and this is another thread. The last writer that kept to it was thread " + alice.name()
                        + " in writeJson at " + report.first().time(),
                report.summary());
        assertEquals(
                "the last writer that kept the discipline: thread " + alice.name()
                        + " in writeJson (no stack: only detector level TRACED keeps it)",
                e.getCause().getMessage());
        assertTrue(report.render().contains("(no stack: only detector level TRACED keeps it)"), report::render);
    }

    @Test
    void atLevelTracedTheLastThatKeptItHasItsStack() throws Exception {
        Guarded traced = new Guarded(DetectorLevel.TRACED);
        traced.declare(WriteDiscipline.confinedTo(alice.thread()));
        alice.does(() -> traced.writeJson(Guarded.Body.NOTHING));
        ConcurrentWriteException e = bob.failsWhen(() -> traced.writeMessage(Guarded.Body.NOTHING));
        Actor.assertInside("writeJson", e.getCause().getStackTrace());
        Actor.assertInside("writeMessage", e.getStackTrace());
    }

    @Test
    void brokenBeforeAnybodyHasWrittenTheReportSaysSo() throws Exception {
        connection.declare(WriteDiscipline.confinedTo(alice.thread()));
        ConcurrentWriteException e = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        String summary = e.report().summary();
        assertTrue(
                summary.endsWith("and this is another thread. No thread has written since the discipline was declared"),
                summary);
        assertEquals(
                "the last writer that kept the discipline: nobody", e.getCause().getMessage());
        assertTrue(e.report().render().contains("(no stack: no thread has written since the discipline was declared)"));
    }

    @Test
    void reportSaysThatTheSameThreadKeptAndBrokeTheDiscipline() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        connection.declare(WriteDiscipline.guardedBy(lock));
        alice.does(() -> holding(lock, () -> connection.writeJson(Guarded.Body.NOTHING)));
        String message = alice.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING))
                .getMessage();
        assertTrue(message.contains(". The last writer that kept to it was the same thread in writeJson at "), message);
        assertTrue(message.contains(": this call fails, and so does every later one, and the connection"), message);
    }

    @Test
    void whereNobodyHasWrittenThereIsNoOtherThreadToFail() throws Exception {
        connection.declare(WriteDiscipline.confinedTo(alice.thread()));
        String message = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING))
                .getMessage();
        assertTrue(message.contains("No thread has written since the discipline was declared. "), message);
        assertTrue(message.contains(": this call fails, and the connection"), message);
    }

    @Test
    void threadThatWasRenamedBetweenItsTwoWritesIsStillTheSame() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        connection.declare(WriteDiscipline.guardedBy(lock));
        alice.does(() -> {
            lock.lock();
            try {
                connection.writeMessage(Guarded.Body.NOTHING);
            } finally {
                lock.unlock();
            }
        });
        alice.thread().setName("alice at work");
        String message = alice.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING))
                .getMessage();
        assertTrue(message.contains("The last writer that kept to it was the same thread in writeMessage"), message);
        assertTrue(message.contains(": this call fails, and so does every later one"), message);
    }

    @Test
    void outboxThatMayNotWaitChecksOnlyOnceWhetherTheOtherFails() throws Exception {
        ReentrantLock heldByOutbox = new ReentrantLock();
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch declared = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        alice.start(() -> connection.writeMessage(() -> {
            connection.detector.declare(WriteDiscipline.throughOutbox(heldByOutbox, () -> asked.incrementAndGet() < 0));
            declared.countDown();
            Actor.await(mayLeave);
        }));
        Actor.await(declared);
        bob.failsWhen(() -> {
            heldByOutbox.lock();
            connection.writeMessage(Guarded.Body.NOTHING);
        });
        mayLeave.countDown();
        alice.failed();
        assertEquals(1, asked.get());
    }

    /** Each outbox keeps these frames for life. */
    @Test
    void ofTheFirstOfferOnlyTheInnermostFramesAreKept() throws Exception {
        declareDeep(200);
        List<StackTraceElement> offer = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING))
                .report()
                .first()
                .stack();
        assertTrue(offer.size() <= 20, offer::toString);
        assertTrue(offer.stream().anyMatch(frame -> frame.getMethodName().equals("declareDeep")), offer::toString);
    }

    private void declareDeep(int frames) throws Exception {
        if (frames > 0) {
            declareDeep(frames - 1);
        } else {
            connection.declare(WriteDiscipline.throughOutbox(new ReentrantLock(), () -> true));
        }
    }

    @Test
    void forASettingTheAdviceIsNotToOfferAMessage() throws Exception {
        connection.declare(WriteDiscipline.throughOutbox(new ReentrantLock(), () -> true));
        ConcurrentWriteException setting = bob.failsWhen(connection::setWriteDeadline);
        String message = setting.getMessage();
        assertTrue(message.contains(" are declared to be left to its outbox, and this call bypassed it: "), message);
        assertTrue(message.contains(" bypassed it: change settings before the first offer."), message);
        assertTrue(message.contains("How to fix it: change settings before other threads write"));
        assertFalse(setting.report().render().contains("offer(text)"));
        assertFalse(message.contains("offer the message"), message);

        Guarded other = new Guarded(DetectorLevel.MESSAGES);
        other.declare(WriteDiscipline.throughOutbox(new ReentrantLock(), () -> true));
        ConcurrentWriteException write = bob.failsWhen(() -> other.writeMessage(Guarded.Body.NOTHING));
        assertTrue(write.getMessage().contains("bypassed it: offer the message to outbox() instead."));
        assertTrue(write.report().render().contains("offer(text)"));
    }

    @Test
    void theLastThatKeptItFailsAtItsNextCallAndThenAsEverybodyElse() throws Exception {
        connection.declare(WriteDiscipline.confinedTo(alice.thread()));
        alice.does(() -> connection.writeMessage(Guarded.Body.NOTHING));
        ConcurrentWriteException bobs = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        ConcurrentWriteException alices = alice.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertEquals(bobs.report(), alices.report());
        Actor.assertInside("writeMessage", alices.getStackTrace());
        assertEquals(
                "the writer that broke the discipline: thread " + bob.nameWithoutFrame() + " in writeMessage",
                alices.getCause().getMessage());
        ConcurrentWriteException later = alice.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertSame(alices, later.getCause());
    }

    /** Two live stacks tell more than one stack and a name. */
    @Test
    void whereCallsOverlapThatIsWhatIsReported() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mayLeave = new CountDownLatch(1);
        connection.declare(WriteDiscipline.confinedTo(alice.thread()));
        alice.start(() -> connection.writeMessage(() -> {
            inside.countDown();
            Actor.await(mayLeave);
        }));
        Actor.await(inside);
        ConcurrentWriteException e = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        mayLeave.countDown();
        alice.failed();
        assertEquals(Kind.OVERLAPPING_CALLS, e.report().kind());
        assertEquals("confined to thread " + alice.name(), e.report().discipline());
    }

    /** A lock that is released between nextWriter and close guards each call, but not the message. */
    @Test
    void aMessageThatAnotherWouldCutIsAConflictThoughBothHoldTheLock() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        connection.declare(WriteDiscipline.guardedBy(lock));
        alice.does(() -> holding(lock, connection::nextWriter));
        ConcurrentWriteException e =
                bob.failsWhen(() -> holding(lock, () -> connection.writeMessage(Guarded.Body.NOTHING)));
        assertEquals(Kind.INTERLEAVED_MESSAGE, e.report().kind());
    }

    private static void holding(Lock lock, Guarded.Body body) throws Exception {
        lock.lock();
        try {
            body.run();
        } finally {
            lock.unlock();
        }
    }

    /** The description of a lock may be logged, so making it calls no code of the application. */
    @Test
    void nothingOfTheApplicationIsCalledToDescribeALock() throws Exception {
        Object talkative = new Object() {
            @Override
            public String toString() {
                throw new AssertionError("s3cr3t");
            }

            @Override
            public int hashCode() {
                throw new AssertionError("s3cr3t");
            }

            @Override
            public boolean equals(Object other) {
                throw new AssertionError("s3cr3t");
            }
        };
        connection.declare(WriteDiscipline.guardedBy(talkative));
        ConcurrentWriteException e = bob.failsWhen(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertTrue(
                e.getMessage()
                        .contains("guarded by the monitor of " + getClass().getName() + "$"),
                e.getMessage());
    }
}
