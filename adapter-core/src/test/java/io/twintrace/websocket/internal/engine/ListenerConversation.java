package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketOptions;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/** Has a listener echo any stream of bytes, and compares everything with the plain reference. */
final class ListenerConversation {
    private ListenerConversation() {}

    /** How a stream is cut into pieces. */
    interface Cut {
        List<byte[]> cut(byte[] stream);

        /** Pieces of these sizes, over and over, with one byte after each round. */
        static Cut inRounds(List<Integer> sizes) {
            return stream -> {
                List<byte[]> pieces = new ArrayList<>();
                for (int at = 0, i = 0, n; at < stream.length; at += n, i++) {
                    int turn = i % (sizes.size() + 1);
                    n = Math.min(turn == sizes.size() ? 1 : sizes.get(turn), stream.length - at);
                    pieces.add(Arrays.copyOfRange(stream, at, at + n));
                }
                return pieces;
            };
        }
    }

    /** Fails also if an exception leaves the transport's events. */
    static void check(byte[] stream, Cut cut, WebSocketOptions options) {
        ExpectedConversation expected = ExpectedConversation.echoing(stream, options);
        EchoingListener listener = new EchoingListener();
        try (ListeningPeer peer = ListeningPeer.connect(listener, options)) {
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            for (byte[] piece : cut.cut(stream)) {
                peer.send(piece);
                received.writeBytes(peer.received());
            }
            peer.end();
            received.writeBytes(peer.received());
            assertEquals(described(expected.messages()), described(listener.messages()));
            assertEquals(expected.end(), listener.end());
            assertEquals(hex(expected.answers()), hex(expected.withoutReason(received.toByteArray())));
            assertEquals(1, listener.closes());
            assertEquals(1, peer.ends());
            assertEquals(0, peer.lentAtTheEnd());
            assertTrue(peer.isClosed());
        }
        assertEquals(1, listener.closes());
    }

    private static String described(List<Message> messages) {
        return messages.stream().map(m -> m.type() + " " + hex(m.payload())).collect(Collectors.joining("\n"));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
