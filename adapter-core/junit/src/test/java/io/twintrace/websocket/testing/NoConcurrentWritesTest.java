package io.twintrace.websocket.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConflictResponse;
import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** The extension, seen from outside: tests inside a test. */
class NoConcurrentWritesTest {
    private static Events run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute()
                .testEvents();
    }

    private static String failure(Events events) {
        return events.failed().stream()
                .map(Event::toString)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no test has failed"));
    }

    @Test
    void aTestFailsWithBothStacksThoughBothExceptionsWereSwallowed() {
        Events events = run(SwallowsBoth.class);
        assertEquals(1, events.failed().count());
        assertEquals(1, events.succeeded().count(), "the one without a conflict");
        String failure = failure(events);
        assertTrue(failure.contains("two threads wrote to one WebSocket connection"), failure);
        assertTrue(failure.contains("Application.heartbeat("), failure);
        assertTrue(failure.contains("Application.answer("), failure);
    }

    /** A slow log, for example: the first writer gets its exception before the second one has reported the pair. */
    @Test
    void aTestFailsThoughItEndsBeforeTheReport() {
        Throwable failure = thrown(run(EndsBeforeTheReport.class));
        assertTrue(failure.getMessage().contains("Application.heartbeat("), failure::toString);
    }

    @Test
    void theConflictIsTheFailureOfATestThatFailsBeforeTheReport() {
        Throwable failure = thrown(run(FailsBeforeTheReport.class));
        assertTrue(failure.getMessage().contains("Application.heartbeat("), failure::toString);
        assertEquals("Output closed", failure.getSuppressed()[0].getMessage());
    }

    @Test
    void aTestTakesAConflictThatIsNotReportedYet() {
        assertEquals(1, run(TakesItBeforeTheReport.class).succeeded().count());
    }

    /** As the Javadoc of the annotation says. */
    @Test
    void ofParallelTestsOneOfEachClassIsBlamed() {
        assertEquals(1, runInParallel(InParallel.class).failed().count());
        assertEquals(2, runInParallel(InParallelByMethod.class).failed().count());
    }

    private static Events runInParallel(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
                .execute()
                .testEvents();
    }

    @Test
    void theConflictIsTheFailureAndTheTestsOwnFailureIsSuppressed() {
        for (Class<?> tests : List.of(FailsToo.class, FailsTooAfterwards.class)) {
            Throwable failure = thrown(run(tests));
            assertTrue(
                    failure.getMessage().startsWith("two threads wrote to one WebSocket connection"),
                    failure::toString);
            assertEquals(1, failure.getSuppressed().length);
            assertEquals("Output closed", failure.getSuppressed()[0].getMessage());
        }
    }

    @Test
    void aFailureWithoutAConflictStaysWhatItIs() {
        Throwable failure = thrown(run(FailsAlone.class));
        assertEquals("Output closed", failure.getMessage());
        assertEquals(0, failure.getSuppressed().length);
    }

    private static Throwable thrown(Events events) {
        return events.failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("no test has failed"));
    }

    @Test
    void aTestThatExpectsAConflictTakesIt() {
        Events events = run(ExpectsIt.class);
        assertEquals(1, events.succeeded().count());
    }

    @Test
    void theWindowIsWideWhileTheTestRunsAndShutAfterwards() {
        assertEquals(1, run(Wide.class).succeeded().count());
        assertTrue(isShut(), "shut again");
    }

    @Test
    void nestedClassesHaveTheWindowOfTheClassAroundThem() {
        assertEquals(3, run(WideWithNested.class).succeeded().count());
        assertTrue(isShut(), "shut again");
    }

    /** The thread may be held up now and then, but not each time. */
    private static boolean isShut() {
        return IntStream.range(0, 10).anyMatch(i -> Application.nanosOfAWrite() < 10_000_000);
    }

    /** Two threads that write at once, and swallow the exceptions. */
    private interface Inside {
        void run() throws InterruptedException;
    }

    /** Guards its write as the engine does. */
    private static final class Connection {
        private final WriteDetector detector;

        /** @param log is told first */
        Connection(ConflictResponse log) {
            this.detector = new WriteDetector(
                    new ConnectionId(1, "/app"), DetectorLevel.MESSAGES, ConnectionActivity.UNKNOWN, log);
        }

        void writeMessage(Inside inside) throws InterruptedException {
            detector.enter(Operation.WRITE_MESSAGE);
            inside.run();
            detector.leave(Operation.WRITE_MESSAGE, null);
        }
    }

    static final class Application {
        private final Connection connection;

        Application() {
            this(report -> {});
        }

        Application(ConflictResponse log) {
            this.connection = new Connection(log);
        }

        /** Returns when the first writer has its exception, while the report goes on. */
        static void collideWithSlowLog() throws InterruptedException {
            CountDownLatch reporting = new CountDownLatch(1);
            Application application = new Application(report -> {
                reporting.countDown();
                LockSupport.parkNanos(200_000_000);
            });
            try {
                application.connection.writeMessage(() -> {
                    new Thread(application::heartbeat).start();
                    reporting.await();
                });
            } catch (ConcurrentWriteException e) {
                // Swallowed.
            }
        }

        void collide() throws InterruptedException {
            try {
                answer();
            } catch (ConcurrentWriteException e) {
                // Swallowed, as applications do.
            }
        }

        private void answer() throws InterruptedException {
            Thread second = new Thread(this::heartbeat);
            connection.writeMessage(() -> {
                second.start();
                second.join();
            });
        }

        private void heartbeat() {
            try {
                connection.writeMessage(() -> {});
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } catch (ConcurrentWriteException e) {
                // Swallowed as well.
            }
        }

        static long nanosOfAWrite() {
            WriteDetector detector = new WriteDetector(
                    new ConnectionId(2, "/app"), DetectorLevel.MESSAGES, ConnectionActivity.UNKNOWN, report -> {});
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                detector.enter(Operation.WRITE_MESSAGE);
                detector.leave(Operation.WRITE_MESSAGE, null);
            }
            return (System.nanoTime() - begin) / 20;
        }
    }

    @NoConcurrentWrites
    static class SwallowsBoth {
        @Test
        void collides() throws Exception {
            new Application().collide();
        }

        @Test
        void doesNot() {
            assertTrue(Application.nanosOfAWrite() > 0);
        }
    }

    @NoConcurrentWrites
    static class EndsBeforeTheReport {
        @Test
        void collides() throws Exception {
            Application.collideWithSlowLog();
        }
    }

    @NoConcurrentWrites
    static class FailsBeforeTheReport {
        @Test
        void collides() throws Exception {
            Application.collideWithSlowLog();
            throw new IOException("Output closed");
        }
    }

    static class TakesItBeforeTheReport {
        @RegisterExtension
        final ConcurrentWriteWatch watch = new ConcurrentWriteWatch();

        @Test
        void collides() throws Exception {
            Application.collideWithSlowLog();
            assertEquals(1, watch.takeExpected().size());
        }
    }

    /** Has both tests begin before the conflict, and end after it. */
    private static void collideBeside(boolean isAtFault, CyclicBarrier both) throws Exception {
        both.await(10, TimeUnit.SECONDS);
        if (isAtFault) {
            new Application().collide();
        }
        both.await(10, TimeUnit.SECONDS);
    }

    @NoConcurrentWrites
    @Execution(ExecutionMode.CONCURRENT)
    static class InParallel {
        private static final CyclicBarrier BOTH = new CyclicBarrier(2);

        @Test
        void collides() throws Exception {
            collideBeside(true, BOTH);
        }

        @Test
        void doesNot() throws Exception {
            collideBeside(false, BOTH);
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    static class InParallelByMethod {
        private static final CyclicBarrier BOTH = new CyclicBarrier(2);

        @Test
        @NoConcurrentWrites
        void collides() throws Exception {
            collideBeside(true, BOTH);
        }

        @Test
        @NoConcurrentWrites
        void doesNot() throws Exception {
            collideBeside(false, BOTH);
        }
    }

    @NoConcurrentWrites
    static class FailsToo {
        @Test
        void collides() throws Exception {
            new Application().collide();
            throw new IOException("Output closed");
        }
    }

    @NoConcurrentWrites
    static class FailsTooAfterwards {
        @AfterEach
        void disconnect() throws Exception {
            throw new IOException("Output closed");
        }

        @Test
        void collides() throws Exception {
            new Application().collide();
        }
    }

    @NoConcurrentWrites
    static class FailsAlone {
        @Test
        void fails() throws Exception {
            throw new IOException("Output closed");
        }
    }

    static class ExpectsIt {
        @RegisterExtension
        final ConcurrentWriteWatch watch = new ConcurrentWriteWatch();

        @Test
        void collides() throws Exception {
            new Application().collide();
            assertEquals(1, watch.takeExpected().size());
        }
    }

    @NoConcurrentWrites(widenMicros = 40_000)
    static class WideWithNested {
        @Test
        void isWide() {
            assertTrue(Application.nanosOfAWrite() > 4_000_000);
        }

        @Nested
        class One {
            @Test
            void isWide() {
                assertTrue(Application.nanosOfAWrite() > 4_000_000);
            }
        }

        @Nested
        class Another {
            @Test
            void isWide() {
                assertTrue(Application.nanosOfAWrite() > 4_000_000);
            }
        }
    }

    @NoConcurrentWrites(widenMicros = 40_000)
    static class Wide {
        private static final AtomicLong NANOS = new AtomicLong();

        @Test
        void writesTakeTheirTime() {
            NANOS.set(Application.nanosOfAWrite());
        }

        @AfterAll
        static void check() {
            assertTrue(NANOS.get() > 4_000_000, () -> "a write took " + NANOS + " ns");
        }
    }
}
