package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ByteCounts;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.ClientMessage;
import io.twintrace.websocket.fixture.ClientMessages;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Handlers do not see each other's messages, although a connection that waits for input lends what reads its messages to
 * the others.
 */
class HandlersThatTakeTurnsProperties {
    /** Many more than threads that would each get back what they gave. */
    private static final int MAX_HANDLERS = 12;

    private final WebSocketOptions options =
            WebSocketOptions.builder().readBufferSize(1024).readLimit(200_000).build();

    /** What a connection has come to. */
    private record Outcome(List<String> messages, String end, String written, ByteCounts counts) {}

    /** Lets one handler run at a time, and the next one whenever it waits for input. */
    private static final class Turns {
        private final TreeSet<Integer> all = new TreeSet<>();
        private int current;

        Turns(int handlers) {
            for (int i = 0; i < handlers; i++) {
                all.add(i);
            }
        }

        synchronized void begin(int handler) throws InterruptedException {
            while (current != handler) {
                wait();
            }
        }

        synchronized void pass(int handler) throws InterruptedException {
            next(handler);
            begin(handler);
        }

        synchronized void leave(int handler) {
            next(handler);
            all.remove(handler);
        }

        private void next(int handler) {
            Integer higher = all.higher(handler);
            current = higher != null ? higher : all.first();
            notifyAll();
        }
    }

    /** A peer that has sent a piece each time the handler comes back from waiting. */
    private static final class Talk extends FilterTransport {
        private final int number;
        private final Turns turns;
        private final MemoryTransport memory;
        private final List<String> messages = new ArrayList<>();

        private Talk(int number, Turns turns, MemoryTransport memory) {
            super(memory);
            this.number = number;
            this.turns = turns;
            this.memory = memory;
        }

        /** Between any two pieces nothing has arrived yet. */
        static Talk of(int number, Turns turns, byte[] stream, List<Integer> segments) {
            int[] reads = new int[1];
            return new Talk(number, turns, new MemoryTransport(stream, () -> {
                int at = reads[0]++;
                return at % 2 == 0 ? 0 : segments.get(at / 2 % segments.size());
            }));
        }

        @Override
        public void awaitReadable() throws IOException {
            super.awaitReadable();
            try {
                turns.pass(number);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        Outcome run(WebSocketOptions options) throws Exception {
            turns.begin(number);
            try (BlockingConnection connection = new ConnectionFactory(options)
                    .open(
                            this,
                            new HandshakeRequest("GET", "HTTP/1.1", "/turns", null, null, Map.of()),
                            new Accepted(Map.of(), Optional.empty(), Optional.empty()))) {
                String end = echo(connection);
                return new Outcome(messages, end, HexFormat.of().formatHex(memory.written()), connection.byteCounts());
            } finally {
                turns.leave(number);
            }
        }

        private String echo(BlockingConnection connection) {
            try {
                while (number % 2 == 0 ? echoMessage(connection) : echoPieces(connection)) {}
                return connection.peerCloseStatus().map(CloseStatus::toString).orElseThrow();
            } catch (IOException e) {
                return e.getClass() + " " + connection.peerCloseStatus();
            }
        }

        private boolean echoMessage(BlockingConnection connection) throws IOException {
            Message message = connection.readMessage();
            if (message == null) {
                return false;
            }
            messages.add(message.type() + " " + HexFormat.of().formatHex(message.payload()));
            connection.writeMessage(message.type(), message.payload());
            return true;
        }

        private boolean echoPieces(BlockingConnection connection) throws IOException {
            MessageReader reader = connection.nextReader();
            if (reader == null) {
                return false;
            }
            byte[] payload = reader.readAllBytes();
            messages.add(reader.type() + " " + HexFormat.of().formatHex(payload));
            connection.writeMessage(reader.type(), payload);
            return true;
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void eachIsServedAsIfItWereAlone(
            @ForAll @Size(min = 2, max = MAX_HANDLERS) List<@Size(max = 3) List<@From("messages") ClientMessage>> all,
            @ForAll @Size(max = 3) List<@From("damages") int[]> damages,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments)
            throws Exception {
        List<byte[]> streams = ClientMessages.damagedStreams(all, damages);
        List<Outcome> alone = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            Turns turns = new Turns(i + 1);
            for (int other = 0; other < i; other++) {
                turns.leave(other);
            }
            alone.add(Talk.of(i, turns, streams.get(i), segments).run(options));
        }

        Turns turns = new Turns(streams.size());
        List<Background<Outcome>> running = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            Talk talk = Talk.of(i, turns, streams.get(i), segments);
            running.add(Background.start(() -> talk.run(options)));
        }
        List<Outcome> together = new ArrayList<>();
        for (Background<Outcome> each : running) {
            together.add(each.result());
        }
        assertEquals(alone, together);
        assertEquals(0, Shared.of(options).pools().input().lent());
    }

    @Provide
    Arbitrary<ClientMessage> messages() {
        return ClientMessages.any();
    }

    /** A connection, a place and a value. */
    @Provide
    Arbitrary<int[]> damages() {
        return Arbitraries.integers().array(int[].class).ofSize(3);
    }
}
