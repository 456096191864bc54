package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.deflate.MessageDeflater;
import io.twintrace.websocket.internal.deflate.MessageInflater;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures permessage-deflate: compressing a JSON text for the peer and inflating the peer's. Prints how long the
 * compressed texts of the first connection are.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class DeflateBenchmark {
    /** More than the window holds, so that no message finds itself in the history. */
    private static final int COUNT = 64;

    private static final int AT_REST = 4;

    @Param({"1024", "16384"})
    int size;

    /** Whether messages refer to earlier ones. */
    @Param({"true", "false"})
    boolean contextTakeover;

    @Param("1")
    int level;

    /** How many connections send in turn. */
    @Param("1")
    int connections;

    private final DeflatePool pool = new DeflatePool(AT_REST);

    private byte[][] texts;
    private ByteBuffer in;
    private ByteBuffer out;
    private MessageDeflater[] deflaters;
    private int turn;
    private int round;

    private byte[][] compressed;
    private ByteBuffer inflated;
    private MessageInflater inflater;
    private int arriving;
    private boolean arrived;

    /** Compresses all texts, and checks that they inflate to the originals, before the measurement. */
    @Setup
    public void prepare() throws IOException {
        pool.join(); // so that the pool keeps what it gets back
        DeflateParameters parameters =
                new DeflateParameters(!contextTakeover, !contextTakeover, OptionalInt.empty(), OptionalInt.empty());
        texts = JsonTexts.ofSize(size, COUNT);
        in = ByteBuffer.allocateDirect(size);
        out = ByteBuffer.allocateDirect(2 * size);
        deflaters = new MessageDeflater[connections];
        Arrays.setAll(deflaters, i -> new MessageDeflater(pool, parameters));
        compressed = new byte[COUNT][];
        int length = 0;
        for (int i = 0; i < COUNT; i++) {
            turn = 0;
            round = i;
            compressed[i] = new byte[compress()];
            out.get(0, compressed[i]);
            length += compressed[i].length;
        }
        System.out.printf("compressed to %d %%: ", 100 * length / (COUNT * size));
        inflated = ByteBuffer.allocateDirect(size + 1); // one more, since reading needs room until the end
        inflater = new MessageInflater(pool, parameters, this::arrive, () -> true);
        for (int i = 0; i < COUNT; i++) {
            if (inflate() != size || !inflated.flip().equals(ByteBuffer.wrap(texts[i]))) {
                throw new IllegalStateException("text " + i + " does not inflate to the original");
            }
        }
    }

    @Benchmark
    public int compress() throws IOException {
        in.clear().put(texts[(turn + round) % COUNT]).flip(); // each connection sends all of them
        out.clear();
        MessageDeflater deflater = deflaters[turn];
        deflater.begin(level);
        if (!deflater.write(in, out) || !deflater.finish(out, 0)) {
            throw new IllegalStateException("compressed text does not fit into " + out.capacity() + " bytes");
        }
        turn = (turn + 1) % connections;
        round = (turn == 0 ? round + 1 : round) % COUNT;
        return out.position();
    }

    @Benchmark
    public int inflate() throws IOException {
        inflater.begin();
        arrived = false;
        inflated.clear();
        while (inflater.read(inflated) >= 0) {}
        arriving = (arriving + 1) % COUNT;
        return inflated.position();
    }

    /** Returns the next compressed text, and then its end. */
    private int arrive(byte[] into, int offset, int max) {
        byte[] message = compressed[arriving];
        if (arrived) {
            return -1;
        }
        if (message.length > max) {
            throw new IllegalStateException("the compressed text must be read in one piece");
        }
        System.arraycopy(message, 0, into, offset, message.length);
        arrived = true;
        return message.length;
    }

    @TearDown
    public void giveBack() {
        for (MessageDeflater each : deflaters) {
            each.release();
        }
        inflater.release();
        pool.leave();
    }
}
