package io.twintrace.websocket.detect;

import static io.twintrace.websocket.detect.Actor.assertInside;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.twintrace.websocket.detect.ConcurrentWriteException.WriterTrace;
import io.twintrace.websocket.fixture.Guarded;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** Both writers fail or neither. Each shows the other's stack, and none fails without a reason. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class WriteDetectorStressTest {
    private static final int FORCED_COLLISIONS = 100_000;
    private static final int RACES = 10_000;
    private static final int RACES_OF_THREE = 5_000;
    private static final int WRITES_IN_A_RACE = 3;
    private static final int PEACEFUL_THREADS = 8;
    private static final int PEACEFUL_WRITES = 1_000_000;

    /** One connection; the left side writes messages, the right side JSON. */
    private static final class Round {
        final int number;
        final AtomicInteger heard = new AtomicInteger();
        final Guarded connection = new Guarded(DetectorLevel.MESSAGES, report -> heard.incrementAndGet());
        volatile boolean firstIsInside;
        volatile boolean secondHasFailed;
        ConcurrentWriteException ofLeft;
        ConcurrentWriteException ofRight;

        Round(int number) {
            this.number = number;
        }

        boolean leftIsFirst() {
            return number % 2 == 0;
        }

        /** Holds the first side in its write until the second is done, or only until the conflict is recorded. */
        void hold() {
            firstIsInside = true;
            if (number % 4 < 2) {
                Contest.until(() -> secondHasFailed);
            } else {
                Contest.until(connection.detector::isPoisoned); // and leaves while its stack is being sampled
            }
        }

        void left(Guarded.Body body) throws Exception {
            try {
                connection.writeMessage(body);
            } catch (ConcurrentWriteException e) {
                ofLeft = e;
            }
        }

        void right(Guarded.Body body) throws Exception {
            try {
                connection.writeJson(body);
            } catch (ConcurrentWriteException e) {
                ofRight = e;
            }
        }

        void assertBothFailed() {
            assertNotNull(ofLeft, "only the right side failed");
            assertNotNull(ofRight, "only the left side failed");
            assertInside("writeJson", other(ofLeft));
            assertInside("writeMessage", other(ofRight));
            assertInside("writeMessage", ofLeft.getStackTrace());
            assertInside("writeJson", ofRight.getStackTrace());
            assertEquals(1, heard.get());
        }

        private static StackTraceElement[] other(ConcurrentWriteException e) {
            return assertInstanceOf(WriterTrace.class, e.getCause()).getStackTrace();
        }
    }

    /** One connection with three writers. */
    private static final class Trio {
        final Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        final ConcurrentWriteException[] failures = new ConcurrentWriteException[3];

        void play(int side, Contest.Side<Guarded> write) throws Exception {
            try {
                for (int i = 0; i < WRITES_IN_A_RACE; i++) {
                    write.play(connection);
                }
            } catch (ConcurrentWriteException e) {
                failures[side] = e;
            }
        }

        void judge() {
            int inConflict = 0;
            for (ConcurrentWriteException e : failures) {
                if (e != null && e.getCause() instanceof WriterTrace other) {
                    inConflict++;
                    assertEquals(-1, other.getStackTrace()[0].getLineNumber(), "a method of the library");
                } else if (e != null) {
                    assertInstanceOf(ConcurrentWriteException.class, e.getCause());
                }
            }
            assertEquals(connection.detector.isPoisoned() ? 2 : 0, inConflict);
        }
    }

    @Test
    void bothFailInEachOf100000ForcedCollisions() throws Exception {
        long before = ConcurrentWrites.detected();
        Contest.hold(
                FORCED_COLLISIONS,
                Round::new,
                Round::assertBothFailed,
                List.of(
                        round -> collide(round, round.leftIsFirst(), round::left),
                        round -> collide(round, !round.leftIsFirst(), round::right)));
        assertEquals(FORCED_COLLISIONS, ConcurrentWrites.detected() - before);
    }

    private static void collide(Round round, boolean first, Contest.Side<Guarded.Body> write) throws Exception {
        if (first) {
            write.play(round::hold);
        } else {
            Contest.until(() -> round.firstIsInside);
            write.play(Guarded.Body.NOTHING);
            round.secondHasFailed = true;
        }
    }

    @Test
    void bothFailOrNeitherWhenTwoThreadsRace(TestReporter reporter) throws Exception {
        AtomicInteger collisions = new AtomicInteger();
        Contest.hold(
                RACES,
                Round::new,
                round -> {
                    if (round.ofLeft != null || round.ofRight != null) {
                        collisions.incrementAndGet();
                        round.assertBothFailed();
                    }
                },
                List.of(
                        round -> {
                            for (int i = 0; i < WRITES_IN_A_RACE && round.ofLeft == null; i++) {
                                round.left(WriteDetectorStressTest::briefly);
                            }
                        },
                        round -> {
                            for (int i = 0; i < WRITES_IN_A_RACE && round.ofRight == null; i++) {
                                round.right(WriteDetectorStressTest::briefly);
                            }
                        }));
        reporter.publishEntry("collisions in " + RACES + " races", collisions.toString());
        // How many depends on the processors and their load: most rounds on two idle ones.
    }

    /** Two of the three collide. The third has finished before that, or fails as a later writer. */
    @Test
    void twoFailOrNoneWhenThreeThreadsRace() throws Exception {
        Contest.hold(
                RACES_OF_THREE,
                number -> new Trio(),
                Trio::judge,
                List.of(
                        trio -> trio.play(0, side -> side.writeMessage(WriteDetectorStressTest::briefly)),
                        trio -> trio.play(1, side -> side.writeJson(WriteDetectorStressTest::briefly)),
                        trio -> trio.play(2, side -> side.write(WriteDetectorStressTest::briefly))));
    }

    /** Less than a microsecond. Without any delay inside the writes, the cores would hardly ever meet there. */
    private static void briefly() {
        long end = System.nanoTime() + ThreadLocalRandom.current().nextInt(1000);
        while (System.nanoTime() < end) {}
    }

    @Test
    void millionWritesOfEightThreadsBehindALockRaiseNoAlarm() throws Exception {
        long before = ConcurrentWrites.detected();
        Guarded connection = new Guarded(DetectorLevel.MESSAGES);
        ReentrantLock lock = new ReentrantLock();
        AtomicInteger writes = new AtomicInteger();
        List<FutureTask<Void>> writers = new ArrayList<>();
        for (int i = 0; i < PEACEFUL_THREADS; i++) {
            FutureTask<Void> writer = new FutureTask<>(() -> {
                for (int done = 0; done < PEACEFUL_WRITES / PEACEFUL_THREADS; done += 5) {
                    lock.lock();
                    try {
                        connection.writeMessage(writes::incrementAndGet);
                        connection.nextWriter();
                        connection.write(() -> writes.addAndGet(4)); // this call, and those around it
                        connection.close();
                        connection.setWriteDeadline();
                    } finally {
                        lock.unlock();
                    }
                }
                return null;
            });
            writers.add(writer);
            new Thread(writer, "writer-" + i).start();
        }
        for (FutureTask<Void> writer : writers) {
            writer.get();
        }
        assertEquals(PEACEFUL_WRITES, writes.get());
        assertFalse(connection.detector.isPoisoned());
        assertEquals(before, ConcurrentWrites.detected());
    }
}
