package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.Guarded;
import java.lang.ref.WeakReference;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The detector does not keep ended threads reachable. */
@Timeout(60)
class EndedThreadsTest {
    private final Guarded connection = new Guarded(DetectorLevel.MESSAGES);

    /** Runs the body on a thread of its own to its end. */
    private static WeakReference<Thread> runToItsEnd(String name, Guarded.Body body) throws Exception {
        FutureTask<Void> task = new FutureTask<>(() -> {
            body.run();
            return null;
        });
        Thread thread = new Thread(task, name);
        thread.start();
        task.get();
        thread.join();
        return new WeakReference<>(thread);
    }

    private static void assertCollectable(WeakReference<Thread> thread) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (thread.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(10);
        }
        assertNull(thread.get());
    }

    private static ConcurrentWriteException failure(Guarded.Body body) throws Exception {
        try {
            body.run();
        } catch (ConcurrentWriteException e) {
            return e;
        }
        throw new AssertionError("nothing failed");
    }

    @Test
    void holderOfAnOpenMessageIsRememberedByName() throws Exception {
        assertCollectable(runToItsEnd("holder", connection::nextWriter));
        ConcurrentWriteException e = failure(connection::nextWriter);
        assertTrue(e.report().first().thread().startsWith("\"holder\" (#"), e.getMessage());
        assertTrue(e.report().first().ended());
    }

    @Test
    void keeperOfADisciplineIsRememberedByName() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        connection.declare(WriteDiscipline.guardedBy(lock));
        assertCollectable(runToItsEnd("keeper", () -> {
            lock.lock();
            try {
                connection.writeMessage(Guarded.Body.NOTHING);
            } finally {
                lock.unlock();
            }
        }));
        ConcurrentWriteException e = failure(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertTrue(e.report().first().thread().startsWith("\"keeper\" (#"), e.getMessage());
    }

    @Test
    void firstWriterThatOthersMayNotFollowIsRememberedByName() throws Exception {
        connection.declare(WriteDiscipline.confinedToFirstWriter());
        assertCollectable(runToItsEnd("first", () -> connection.writeMessage(Guarded.Body.NOTHING)));
        ConcurrentWriteException e = failure(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertTrue(e.report().discipline().startsWith("confined to the thread that wrote first, \"first\" (#"));
    }

    @Test
    void writersOfAConflictAreRememberedByName() throws Exception {
        WeakReference<Thread> holder = runToItsEnd("holder", connection::nextWriter);
        WeakReference<Thread> second = runToItsEnd("second", () -> failure(connection::nextWriter));
        assertCollectable(holder);
        assertCollectable(second);
        ConcurrentWriteException later = failure(() -> connection.writeMessage(Guarded.Body.NOTHING));
        assertTrue(later.report().second().thread().startsWith("\"second\" (#"), later.getMessage());
        assertEquals("\"holder\"", later.report().first().thread().substring(0, 8));
    }

    @Test
    void threadThatIsGoneIsCalledByTheNameItHad() throws Exception {
        KnownThread[] known = new KnownThread[1];
        WeakReference<Thread> ended = runToItsEnd("ended", () -> known[0] = new KnownThread(Thread.currentThread()));
        String name = known[0].toString();
        assertCollectable(ended);
        assertEquals(name, known[0].toString());
        assertTrue(known[0].hasEnded());
        assertEquals(0, known[0].stack().length);
    }
}
