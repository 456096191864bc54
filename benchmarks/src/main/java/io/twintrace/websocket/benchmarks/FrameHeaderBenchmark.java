package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
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

/** Measures reading and writing one header, with a length in each of its three forms. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FrameHeaderBenchmark {
    @Param({"100", "1000", "100000"})
    long length;

    private final FrameHeaderDecoder decoder = new FrameHeaderDecoder(true, false);
    private final FrameHeader header = new FrameHeader();
    private final ByteBuffer in = ByteBuffer.allocate(FrameHeader.MAX_BYTES);
    private final ByteBuffer out = ByteBuffer.allocate(FrameHeader.MAX_BYTES);

    @Setup
    public void fill() {
        FrameHeaderEncoder.encodeMasked(in, true, false, Opcode.BINARY, length, 0x37FA213D);
        in.flip();
    }

    @Benchmark
    public FrameHeader decode() throws ProtocolException {
        in.rewind();
        decoder.decode(in, header);
        return header;
    }

    @Benchmark
    public ByteBuffer encode() {
        out.clear();
        FrameHeaderEncoder.encode(out, true, false, Opcode.BINARY, length);
        return out;
    }
}
