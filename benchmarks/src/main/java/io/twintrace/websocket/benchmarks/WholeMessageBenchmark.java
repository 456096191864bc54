package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.engine.ListenerThreads;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
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
 * Measures a text message's whole way through the library and back, without sockets. The message arrives in pieces of
 * at most the read buffer's size, the application sends it back, and the transport takes the frame. Aim: the push face
 * allocates nothing for a message that arrives at once, fits into the read buffer and is only passed on.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class WholeMessageBenchmark {
    private static final HandshakeRequest REQUEST =
            new HandshakeRequest("GET", "HTTP/1.1", "/echo", null, null, Map.of());
    private static final Accepted ACCEPTED = new Accepted(Map.of(), Optional.empty(), Optional.empty());

    @Param({"125", "4096", "65536"})
    int size;

    @Param({"ASCII", "CJK_AND_EMOJI"})
    Script script;

    private RepeatingPeer blockingPeer;
    private BlockingConnection blocking;
    private RepeatingPeer pushPeer;
    private WebSocketConnection pushed;
    private Throwable failure;

    @Setup
    public void connect() {
        WebSocketOptions options = WebSocketOptions.defaults();
        blockingPeer = new RepeatingPeer(script.text(size));
        blocking = new ConnectionFactory(options).open(blockingPeer, REQUEST, ACCEPTED);
        pushPeer = new RepeatingPeer(script.text(size));
        ListenerThreads threads = new ListenerThreads(
                (name, task) -> task.run(),
                WholeMessageBenchmark.class.getClassLoader(),
                (connection, error) -> failure = error,
                warning -> {});
        pushed = new ConnectionFactory(options)
                .open(pushPeer, REQUEST, ACCEPTED, new Echo(), threads, connection -> {}, connection -> {});
    }

    /** A handler that reads and writes; reading allocates the message. */
    @Benchmark
    public long blocking() throws IOException {
        Message message = blocking.readMessage();
        blocking.writeMessage(message.type(), message.payload());
        return blockingPeer.taken();
    }

    /** A listener that passes on the message view. */
    @Benchmark
    public long push() {
        pushPeer.send();
        return pushPeer.taken();
    }

    /** A message that arrives in two reads, so that the library has to put it together. */
    @Benchmark
    public long pushInTwoPieces() {
        pushPeer.sendInTwoPieces();
        return pushPeer.taken();
    }

    /** Checks that the work was done, since skipped work would seem cheap. */
    @TearDown(Level.Iteration)
    public void check() {
        if (failure != null) {
            throw new IllegalStateException("the listener connection failed", failure);
        }
        blockingPeer.checkEchoed();
        pushPeer.checkEchoed();
    }

    @TearDown
    public void close() {
        blocking.abort();
        pushed.abort();
    }

    private static final class Echo implements WebSocketListener {
        @Override
        public boolean isNonBlocking() {
            return true;
        }

        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
            connection.writeMessage(message);
        }
    }
}
