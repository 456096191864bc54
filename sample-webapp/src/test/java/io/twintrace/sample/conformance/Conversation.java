package io.twintrace.sample.conformance;

import io.twintrace.sample.conformance.Script.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** One case on its own connection. It sends stage by stage, and after each stage reads the expected bytes. */
final class Conversation {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PATIENCE_WITH_LARGE_MESSAGES = Duration.ofSeconds(60);

    private final ConformanceCase row;
    private final int messages;
    private final FrameEncoder client;
    private final FrameEncoder server = FrameEncoder.server();

    /** The current stage. */
    private String stage = "the handshake";

    /** @param messages how many messages a case with compression sends at most */
    Conversation(ConformanceCase row, int messages) {
        if (messages < 1) {
            throw new IllegalArgumentException("a case with " + messages + " messages shows nothing");
        }
        this.row = row;
        this.messages = messages;
        this.client = FrameEncoder.client(row.number());
    }

    /** Fails with all the details. */
    void hold(int port, String path) {
        try (Peer peer = new Peer(port, patience())) {
            if (row.isCompressed()) {
                holdCompressed(peer, path);
            } else {
                Handshake.hold(peer, path, "", "");
                holdFrom(0, peer, null);
            }
            stage = "the end";
            peer.expectEnd();
        } catch (IOException | AssertionError e) {
            throw new AssertionError(
                    row + "\n  " + stage + ": " + e.getMessage() + "\n  sent (" + row.write() + "): " + row.sent()
                            + "\n  expected: " + row.expected(),
                    e);
        }
    }

    /** The first stage is the handshake. */
    private void holdCompressed(Peer peer, String path) throws IOException {
        Handshake handshake = Handshake.hold(peer, path, extensions(row.sent()), extensions(row.expected()));
        try (DeflatePeer deflate = new DeflatePeer(peer, client, handshake)) {
            holdFrom(1, peer, deflate);
        }
    }

    private void holdFrom(int first, Peer peer, DeflatePeer deflate) throws IOException {
        List<Stage> sent = row.sent().stages();
        for (int i = first; i < sent.size(); i++) {
            stage = "stage " + (i + 1) + " of " + sent.size();
            exchange(peer, deflate, sent.get(i), row.expected().stages().get(i));
        }
    }

    private void exchange(Peer peer, DeflatePeer deflate, Stage sent, Stage expected) throws IOException {
        if (sent.steps().get(0) instanceof Step.Piece piece) {
            Step.Piece echo = (Step.Piece) expected.steps().get(0);
            int times = Math.min(messages, sent.times());
            for (int i = 0; i < times; i++) {
                deflate.exchange(piece, echo);
            }
        } else {
            exchange(peer, sent, expected);
        }
    }

    private void exchange(Peer peer, Stage sent, Stage expected) throws IOException {
        boolean silence = expected.steps().contains(new Step.Silence());
        for (int i = 0; i < sent.times(); i++) {
            try {
                row.write().write(client.encode(sent.steps()), peer);
            } catch (IOException e) {
                // A server that has failed the connection need not wait for the rest. What it has sent is checked
                // below.
            }
            if (silence) {
                peer.expectSilence();
            } else {
                peer.expect(joined(server.encode(expected.steps())));
            }
        }
    }

    private static String extensions(Script script) {
        return ((Step.Extensions) script.stages().get(0).steps().get(0)).value();
    }

    private static byte[] joined(List<byte[]> frames) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        frames.forEach(joined::writeBytes);
        return joined.toByteArray();
    }

    private Duration patience() {
        return switch (row.group()) {
            case 9 -> PATIENCE_WITH_LARGE_MESSAGES;
            case 12, 13 -> PATIENCE_WITH_LARGE_MESSAGES.plusMillis(500L * messages);
            default -> PATIENCE;
        };
    }
}
