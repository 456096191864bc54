package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.frame.ProtocolException;
import io.twintrace.websocket.frame.Utf8Validator;
import java.nio.charset.StandardCharsets;
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

/** Checking a text message of about 4 KiB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Utf8ValidatorBenchmark {
    private static final int SIZE = 4096;

    /** What the text is made of. */
    public enum Script {
        ASCII("{\"id\":17,\"text\":\"hello\"},"),
        LATIN("Größe, Übermaß, façade; "),
        CJK("並行書き込みの検出"),
        EMOJI("😀🚀");

        private final String sample;

        Script(String sample) {
            this.sample = sample;
        }
    }

    @Param({"ASCII", "LATIN", "CJK", "EMOJI"})
    Script script;

    private final Utf8Validator validator = new Utf8Validator();
    private byte[] text;

    @Setup
    public void fill() {
        int bytes = script.sample.getBytes(StandardCharsets.UTF_8).length;
        text = script.sample.repeat(SIZE / bytes).getBytes(StandardCharsets.UTF_8);
    }

    @Benchmark
    public void check() throws ProtocolException {
        validator.accept(text, 0, text.length);
        validator.finish();
    }
}
