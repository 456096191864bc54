package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.detect.WriteDiscipline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures what the detector adds to a write with a declared discipline. The lock is held all the time and not
 * measured. Aim: below 25 ns, and no allocation.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WriteDisciplineBenchmark {
    private static final int WRITES_A_MONITOR = 1000;

    private final Object monitor = new Object();
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantReadWriteLock.WriteLock writeLock = new ReentrantReadWriteLock().writeLock();

    private WriteDetector byMonitor;
    private WriteDetector byLock;
    private WriteDetector byWriteLock;
    private WriteDetector byFirstWriter;

    /** Runs on the measuring thread, which has to hold the locks. */
    @Setup
    public void create() {
        lock.lock();
        writeLock.lock();
        byMonitor = detector(WriteDiscipline.guardedBy(monitor));
        byLock = detector(WriteDiscipline.guardedBy(lock));
        byWriteLock = detector(WriteDiscipline.guardedBy(writeLock));
        byFirstWriter = detector(WriteDiscipline.confinedToFirstWriter());
    }

    private static WriteDetector detector(WriteDiscipline discipline) {
        WriteDetector detector = new WriteDetector(
                new ConnectionId(1, "/benchmark"), DetectorLevel.MESSAGES, ConnectionActivity.UNKNOWN, report -> {});
        detector.enter(Operation.DECLARE_DISCIPLINE);
        detector.declare(discipline);
        detector.leave(Operation.DECLARE_DISCIPLINE, null);
        return detector;
    }

    /** Enters the monitor once for many writes, since it cannot be held from outside. */
    @Benchmark
    @OperationsPerInvocation(WRITES_A_MONITOR)
    public void guardedByMonitor() {
        synchronized (monitor) {
            for (int i = 0; i < WRITES_A_MONITOR; i++) {
                byMonitor.enter(Operation.WRITE_MESSAGE);
                byMonitor.leave(Operation.WRITE_MESSAGE, null);
            }
        }
    }

    @Benchmark
    public void guardedByLock() {
        byLock.enter(Operation.WRITE_MESSAGE);
        byLock.leave(Operation.WRITE_MESSAGE, null);
    }

    @Benchmark
    public void guardedByWriteLock() {
        byWriteLock.enter(Operation.WRITE_MESSAGE);
        byWriteLock.leave(Operation.WRITE_MESSAGE, null);
    }

    @Benchmark
    public void confinedToFirstWriter() {
        byFirstWriter.enter(Operation.WRITE_MESSAGE);
        byFirstWriter.leave(Operation.WRITE_MESSAGE, null);
    }
}
