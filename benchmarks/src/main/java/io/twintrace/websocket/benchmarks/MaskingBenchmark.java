package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.internal.frame.Masking;
import java.nio.ByteBuffer;
import java.util.Random;
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

/** Measures unmasking a payload, in place or while copying, as every frame from a browser needs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MaskingBenchmark {
    private static final int KEY = 0x37FA213D;

    /** The bytes before the payload in a buffer: the header of a masked frame, so that nothing is aligned. */
    private static final int HEADER = 6;

    @Param({"16", "125", "4096", "65536"})
    int size;

    @Param
    Memory memory;

    private ByteBuffer buffer;
    private byte[] array;

    /** Uses both kinds of memory first, as in a server, so that neither has the compiled code for itself. */
    @Setup
    public void fill() {
        array = new byte[size];
        new Random(size).nextBytes(array);
        for (Memory kind : Memory.values()) {
            buffer = kind.allocate(HEADER + size).put(HEADER, array);
            useOften();
        }
        buffer = memory.allocate(HEADER + size).put(HEADER, array);
    }

    /** Uses the size under test, since the compiler treats a loop that was always short as a short one. */
    private void useOften() {
        for (int i = 0; i < 1_000 + 1_000_000 / size; i++) {
            Masking.apply(buffer, HEADER, size, KEY, 1);
            boolean unused = Masking.applyIsAscii(buffer, HEADER, size, KEY, 1);
        }
    }

    @Benchmark
    public ByteBuffer apply() {
        Masking.apply(buffer, HEADER, size, KEY, 1);
        return buffer;
    }

    @Benchmark
    public boolean applyIsAscii() {
        return Masking.applyIsAscii(buffer, HEADER, size, KEY, 1);
    }

    @Benchmark
    public byte[] copy() {
        Masking.copy(buffer, HEADER, array, 0, size, KEY, 1);
        return array;
    }
}
