package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.ByteCounts;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.ClientMessage;
import io.twintrace.websocket.fixture.ClientMessages;
import io.twintrace.websocket.fixture.EchoingListener;
import io.twintrace.websocket.fixture.ListenerConversation;
import io.twintrace.websocket.fixture.ListeningPeer;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The connections of one thread do not see each other, although the same object reads one after the other. */
class ListenersOfOneThreadProperties {
    private final WebSocketOptions wide =
            WebSocketOptions.builder().readBufferSize(1024).readLimit(200_000).build();

    private final WebSocketOptions narrow = WebSocketOptions.builder()
            .readBufferSize(512)
            .readLimit(2000)
            .fragmentLimit(3)
            .build();

    /** What a connection has come to. */
    private record Outcome(String messages, String end, int closes, int ends, String written, ByteCounts counts) {}

    /** One connection, and what its client has left to send. */
    private static final class Talk {
        private final EchoingListener listener = new EchoingListener();
        private final ByteArrayOutputStream written = new ByteArrayOutputStream();
        private final ListeningPeer peer;
        private final List<byte[]> pieces;

        private int sent;

        Talk(WebSocketOptions options, byte[] stream, List<Integer> segments) {
            this.peer = ListeningPeer.connect(listener, options);
            this.pieces =
                    List.copyOf(ListenerConversation.Cut.inRounds(segments).cut(stream));
        }

        /** Returns false if everything is sent. */
        boolean goOn() {
            if (sent == pieces.size()) {
                return false;
            }
            peer.send(pieces.get(sent++));
            written.writeBytes(peer.received());
            return true;
        }

        Outcome end() {
            peer.end();
            peer.settleToTheEnd();
            written.writeBytes(peer.received());
            String messages = listener.messages().stream()
                    .map(each -> each.type() + " " + hex(each.payload()))
                    .toList()
                    .toString();
            return new Outcome(
                    messages,
                    listener.end(),
                    listener.closes(),
                    peer.ends(),
                    hex(written.toByteArray()),
                    peer.connection().byteCounts());
        }
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void eachIsServedAsIfItWereAlone(
            @ForAll @Size(min = 2, max = 4) List<@Size(max = 4) List<@From("messages") ClientMessage>> all,
            @ForAll @Size(max = 3) List<@From("damages") int[]> damages,
            @ForAll @Size(min = 1, max = 8) List<@IntRange(min = 1, max = 3000) Integer> segments) {
        List<byte[]> streams = ClientMessages.damagedStreams(all, damages);
        List<Outcome> alone = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            Talk talk = new Talk(options(i), streams.get(i), segments);
            while (talk.goOn()) {}
            alone.add(talk.end());
        }

        List<Talk> talks = new ArrayList<>();
        for (int i = 0; i < streams.size(); i++) {
            talks.add(new Talk(options(i), streams.get(i), segments));
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Talk each : talks) {
                more |= each.goOn();
            }
        }
        assertEquals(alone, talks.stream().map(Talk::end).toList());
        talks.forEach(each -> assertEquals(0, each.peer.lentBuffers()));
    }

    private WebSocketOptions options(int number) {
        return number % 2 == 0 ? wide : narrow;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
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
