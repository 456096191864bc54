package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.internal.deflate.Agreements;
import io.twintrace.websocket.internal.frame.Texts;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Any messages that a client may send. */
final class ClientMessages {
    private ClientMessages() {}

    static Arbitrary<ClientMessage> any() {
        Arbitrary<List<Integer>> cuts =
                Arbitraries.integers().between(0, 70_000).list().ofMaxSize(6);
        Arbitrary<List<ClientMessage.Control>> controls = controls().list().ofMaxSize(4);
        Arbitrary<Integer> keys = Arbitraries.integers();
        Arbitrary<ClientMessage> texts = Combinators.combine(textPayloads(), cuts, controls, keys)
                .as((payload, at, between, key) -> new ClientMessage(MessageType.TEXT, payload, at, between, key));
        Arbitrary<ClientMessage> binaries = Combinators.combine(binaryPayloads(), cuts, controls, keys)
                .as((payload, at, between, key) -> new ClientMessage(MessageType.BINARY, payload, at, between, key));
        return Arbitraries.oneOf(texts, binaries);
    }

    private static Arbitrary<ClientMessage.Control> controls() {
        Arbitrary<String> payloads =
                Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(125);
        return Combinators.combine(
                        Arbitraries.of(Frames.PING, Frames.PONG),
                        payloads,
                        Arbitraries.integers().between(0, 6))
                .as(ClientMessage.Control::new);
    }

    private static Arbitrary<byte[]> textPayloads() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Texts.texts(100).map(Texts::utf8)),
                Tuple.of(1, Agreements.messages(true)),
                Tuple.of(
                        1, lengths().map(length -> Texts.utf8("aé€😀".repeat(length / 10) + "x".repeat(length % 10)))));
    }

    private static Arbitrary<byte[]> binaryPayloads() {
        return Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.bytes().array(byte[].class).ofMaxSize(300)),
                Tuple.of(1, Agreements.messages(false)),
                Tuple.of(1, lengths().map(Frames::pattern)));
    }

    /** Around every boundary of a frame's length, and of a buffer. */
    private static Arbitrary<Integer> lengths() {
        return Arbitraries.of(0, 1, 125, 126, 127, 1023, 1024, 1025, 16_384, 65_535, 65_536, 65_537, 100_000);
    }
}
