package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.frame.Masking;
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

/** Unmasking a payload in place, as every frame from a browser needs it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MaskingBenchmark {
    @Param({"16", "125", "1024", "65536"})
    int size;

    private byte[] payload;

    @Setup
    public void fill() {
        payload = new byte[size];
        new Random(size).nextBytes(payload);
    }

    @Benchmark
    public byte[] apply() {
        Masking.apply(payload, 0, size, 0x37FA213D, 1);
        return payload;
    }
}
