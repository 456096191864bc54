package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.internal.frame.Utf8Validator;
import java.nio.ByteBuffer;
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

/** Measures checking a text message. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Utf8ValidatorBenchmark {
    @Param({"16", "125", "4096", "65536"})
    int size;

    @Param
    Script script;

    @Param
    Memory memory;

    private final Utf8Validator validator = new Utf8Validator();
    private ByteBuffer text;

    /** Runs all kinds of text and memory first, as in a server, so that none has the compiled code for itself. */
    @Setup
    public void fill() throws ProtocolException {
        for (Script other : Script.values()) {
            for (Memory kind : Memory.values()) {
                text = kind.allocate(size).put(0, other.text(size));
                useOften();
            }
        }
        text = memory.allocate(size).put(0, script.text(size));
    }

    /** Uses the size under test, since the compiler treats a loop that was always short as a short one. */
    private void useOften() throws ProtocolException {
        for (int i = 0; i < 500 + 500_000 / size; i++) {
            check();
        }
    }

    @Benchmark
    public void check() throws ProtocolException {
        validator.accept(text, 0, text.capacity());
        validator.finish();
    }
}
