package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Peers that break the rules, against a handler (a registered servlet) and a listener (a controller). */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class HostilePeersTest {
    private static final String BOB = "Authorization: Basic Ym9iOmI=";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** A peer that could send nothing for so long is stuck. */
    private static final Duration STALL = Duration.ofMillis(700);

    @LocalServerPort
    private int port;

    private RawClient open(String path) throws IOException {
        return RawClient.open(port, path, BOB);
    }

    @ParameterizedTest
    @CsvSource({
        "a reserved bit,            1002, c1 80 00000000",
        "a frame without a mask,    1002, 81 01 61",
        "a continuation of nothing, 1002, 80 80 00000000",
        "a reserved opcode,         1002, 83 80 00000000",
        "half a close code,         1002, 88 81 00000000 03",
        "text that is not UTF-8,    1007, 81 82 00000000 c328",
        "a length of 2^63,          1002, 82 ff 8000000000000000 00000000"
    })
    void aBrokenFrameGetsItsCloseCode(String what, int closeCode, String frame) throws Exception {
        for (String path : new String[] {"/echo", "/listener"}) {
            try (RawClient client = open(path)) {
                client.send(HexFormat.of().parseHex(frame.replace(" ", "")));
                assertEquals(closeCode, client.readToClose(), what + " to " + path);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/listener"})
    void aPeerThatSendsAndNeverReadsDelaysNobody(String path) throws Exception {
        byte[] message = RawClient.frame(RawClient.BINARY, new byte[32 * 1024]);
        AtomicLong sent = new AtomicLong();
        try (RawClient hostile = open(path);
                RawClient bystander = open(path)) {
            Thread flood = new Thread(() -> send(hostile, message, sent));
            flood.start();
            long before;
            do { // until the server takes no more
                before = sent.get();
                echoFor(STALL, bystander);
            } while (sent.get() == 0 || sent.get() > before);
            assertTrue(flood.isAlive(), "the server has not closed the connection");
            hostile.reset();
            flood.join(PATIENCE.toMillis());
            assertFalse(flood.isAlive());
            echo(bystander);
        }
    }

    private static void send(RawClient client, byte[] message, AtomicLong sent) {
        try {
            while (true) {
                client.send(message);
                sent.incrementAndGet();
            }
        } catch (IOException e) {
            // The connection was reset.
        }
    }

    private static void echoFor(Duration time, RawClient client) throws IOException {
        long begin = System.nanoTime();
        do {
            echo(client);
        } while (System.nanoTime() - begin < time.toNanos());
    }

    private static void echo(RawClient client) throws IOException {
        long begin = System.nanoTime();
        client.send(RawClient.text("message"));
        assertEquals("message", client.read().text());
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        assertTrue(took.compareTo(PATIENCE) < 0, () -> "an echo took " + took);
    }
}
