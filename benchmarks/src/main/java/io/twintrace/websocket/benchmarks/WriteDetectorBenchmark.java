package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures what the detector adds to an undisturbed write. Aim: below 15 ns, and no allocation below TRACED. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WriteDetectorBenchmark {
    @Param({"CALLS", "MESSAGES", "TRACED"})
    DetectorLevel level;

    private WriteDetector detector;
    private WriteDetector duringMessage;

    @Setup
    public void create() {
        detector =
                new WriteDetector(new ConnectionId(1, "/benchmark"), level, ConnectionActivity.UNKNOWN, report -> {});
        duringMessage =
                new WriteDetector(new ConnectionId(2, "/benchmark"), level, ConnectionActivity.UNKNOWN, report -> {});
        duringMessage.enter(Operation.NEXT_WRITER);
        duringMessage.messageOpened();
        duringMessage.leave(Operation.NEXT_WRITER, null);
    }

    /** A whole message in one call. */
    @Benchmark
    public void enterAndLeave() {
        detector.enter(Operation.WRITE_MESSAGE);
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    /** A piece of a message that stays open. */
    @Benchmark
    public void enterAndLeaveDuringMessage() {
        duringMessage.enter(Operation.WRITER_WRITE);
        duringMessage.leave(Operation.WRITER_WRITE, null);
    }
}
