package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Frame;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of every size come back, and connections end properly. */
interface EchoTests extends OnServer {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536, 1 << 20})
    default void binaryOfEverySizeComesBack(int size) throws Exception {
        byte[] payload = new byte[size];
        new Random(size).nextBytes(payload);
        try (RawClient client = open("/echo")) {
            client.send(RawClient.frame(RawClient.BINARY, payload));
            Frame frame = client.read();
            assertEquals(RawClient.BINARY, frame.opcode());
            assertArrayEquals(payload, frame.payload());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31, 32, 16_384, 262_144})
    default void textOfEverySizeComesBack(int characters) throws Exception {
        String text = "\uD83D\uDC6F".repeat(characters); // four bytes each
        try (RawClient client = open("/echo")) {
            client.send(RawClient.text(text));
            Frame frame = client.read();
            assertEquals(RawClient.TEXT, frame.opcode());
            assertEquals(text, frame.text());
        }
    }

    @ParameterizedTest
    @EnumSource
    default void theLargestMessageComesBack(BigMessage kind) throws Exception {
        try (RawClient client = open("/echo")) {
            kind.send(client, 64 << 20);
            kind.expect(client, 64 << 20);
        }
    }

    /** With a heap of four times its size. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    default void theLargestMessageComesBackCompressed(boolean compressible) throws Exception {
        byte[] message = new byte[64 << 20];
        if (compressible) {
            for (int i = 0; i < message.length; i++) {
                message[i] = (byte) ((i >> 16) + i % 1000);
            }
        } else {
            new Random(1).nextBytes(message);
        }
        try (CompressingClient client = new CompressingClient(server(), "/echo/deflate")) {
            client.raw().send(CompressingClient.frame(message));
            client.expect(message);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    default void theLargestTextComesBackCompressed(boolean compressible) throws Exception {
        byte[] text = compressible ? Payloads.text(64 << 20).getBytes(StandardCharsets.UTF_8) : new byte[64 << 20];
        if (!compressible) {
            new Random(2).nextBytes(text);
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) (' ' + (text[i] & 0x3F)); // six bits of eight are random
            }
        }
        try (CompressingClient client = new CompressingClient(server(), "/echo/deflate")) {
            client.raw().send(CompressingClient.frame(RawClient.TEXT, text));
            client.expect(RawClient.TEXT, text);
        }
    }

    @Test
    default void oneByteMoreIsRefusedBeforeItHasCome() throws Exception {
        try (RawClient client = open("/echo")) {
            client.send(RawClient.frameHead(RawClient.BINARY, (64 << 20) + 1));
            assertEquals(1009, client.read().closeCode());
        }
    }

    @Test
    default void theFirstMessageMayComeInTheSegmentOfTheHandshake() throws Exception {
        try (RawClient client = RawClient.connect(server().port())) {
            client.send(RawClient.handshake(server().path("/echo")), RawClient.text("early"), RawClient.text("bird"));
            Response response = client.readResponse();
            assertEquals(101, response.status(), response::head);
            assertEquals("early", client.read().text());
            assertEquals("bird", client.read().text());
        }
    }

    @Test
    default void anOrdinaryCloseIsAnsweredAndTheServerEndsTheConnection() throws Exception {
        try (RawClient client = open("/echo")) {
            client.send(RawClient.close(1000));
            assertEquals(1000, client.read().closeCode());
            assertPrompt(client.awaitEnd());
        }
    }

    /** CVE-2020-13935: a length with the top bit set. */
    @Test
    default void aNegativeLengthIsAProtocolErrorAtOnce() throws Exception {
        try (RawClient client = open("/echo")) {
            long begin = System.nanoTime();
            client.send(new byte[] {(byte) 0x82, (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4});
            assertEquals(1002, client.read().closeCode());
            assertPrompt(Duration.ofNanos(System.nanoTime() - begin));
            assertPrompt(client.awaitEnd());
        }
    }

    /** The peer neither answers the Close nor ends the connection: the server does. */
    @Test
    default void aSilentPeerIsLetGoPromptlyAfterTheServersClose() throws Exception {
        try (RawClient client = open("/echo")) {
            client.send(new byte[] {(byte) 0x83, (byte) 0x80, 1, 2, 3, 4}); // opcode 3 does not exist
            assertEquals(1002, client.read().closeCode());
            assertPrompt(client.awaitEnd());
        }
    }

    @Test
    default void aPageOfAnotherOriginIsRefused() throws Exception {
        try (RawClient client = RawClient.connect(server().port())) {
            client.send(RawClient.handshake(server().path("/echo"), "Origin: http://evil.example"));
            assertEquals(403, client.readResponse().status());
        }
        Await.until("a line in the log", () -> server().log(), log -> log.contains("http://evil.example"));
    }

    private static void assertPrompt(Duration duration) {
        assertTrue(duration.compareTo(Duration.ofSeconds(4)) < 0, () -> "took " + duration);
    }
}
