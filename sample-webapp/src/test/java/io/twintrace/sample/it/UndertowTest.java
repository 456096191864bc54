package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.sample.EchoHandler;
import io.twintrace.sample.EchoListener;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One I/O thread serves all connections of Undertow, so blocking it blocks all connections. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UndertowTest {
    private static final String HANDLER = "/handler";
    private static final String LISTENER = "/listener";
    private static final String IN_A_HURRY = "/hurry";

    private static final int MESSAGE = 64 * 1024;
    private static final int BYSTANDERS = 8;
    private static final Duration SLOW = Duration.ofSeconds(8);

    private final CountDownLatch busy = new CountDownLatch(1);
    private final List<RawClient> bystanders = new ArrayList<>();
    private EmbeddedUndertow server;

    @BeforeEach
    void start() throws Exception {
        WebSocketOptions hurry = WebSocketOptions.builder()
                .writeTimeout(Duration.ofMillis(300))
                .closeTimeout(Duration.ofMillis(300))
                .build();
        WebSocketHandler patient = connection -> {
            connection.readMessage();
            busy.await();
            new EchoHandler().handle(connection);
        };
        server = new EmbeddedUndertow(Map.of(
                HANDLER,
                new UpgradeServlet(new EchoHandler()),
                LISTENER,
                new UpgradeServlet(new EchoListener()),
                "/blocking",
                new UpgradeServlet(new BlockingEchoListener()),
                "/busy",
                new UpgradeServlet(patient),
                IN_A_HURRY + HANDLER,
                new UpgradeServlet(new EchoHandler(), hurry),
                IN_A_HURRY + LISTENER,
                new UpgradeServlet(new EchoListener(), hurry)));
        for (int i = 0; i < BYSTANDERS; i++) {
            bystanders.add(server.open(i % 2 == 0 ? HANDLER : LISTENER));
        }
    }

    @AfterEach
    void stop() throws IOException {
        busy.countDown();
        closeBystanders();
        server.close();
    }

    private void closeBystanders() throws IOException {
        for (RawClient bystander : bystanders) {
            bystander.close();
        }
    }

    /** A listener that may block, so that no I/O thread calls it. */
    private static final class BlockingEchoListener implements WebSocketListener {
        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
            connection.writeMessage(message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HANDLER, LISTENER, "/blocking"})
    void aPeerThatSendsAndNeverReadsHoldsUpNobody(String path) throws Exception {
        try (RawClient stuck = server.open(path)) {
            Flood flood = Flood.begin(stuck, MESSAGE, Integer.MAX_VALUE);
            flood.awaitStall();
            bystandersAreServed();
            flood.stop();
            expectEchoesUntilEnd(stuck, flood);
            stuck.send(RawClient.text("done"));
            assertEquals("done", stuck.read().text());
        }
    }

    @Test
    void aBusyHandlerHoldsUpNobodyAndMissesNothing() throws Exception {
        try (RawClient client = server.open("/busy")) {
            client.send(RawClient.text("begin"));
            Flood flood = Flood.begin(client, MESSAGE, Integer.MAX_VALUE);
            flood.awaitStall();
            bystandersAreServed();
            busy.countDown();
            flood.stop();
            expectEchoesUntilEnd(client, flood);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HANDLER, LISTENER, "/blocking"})
    void aPeerThatSendsAsFastAsItCanHoldsUpNobody(String path) throws Exception {
        try (RawClient client = server.open(path)) {
            Flood flood = Flood.begin(client, MESSAGE, Integer.MAX_VALUE);
            FutureTask<Integer> reading = new FutureTask<>(() -> readUntilText(client));
            Thread reader = new Thread(reading, "reader");
            reader.setDaemon(true);
            reader.start();
            Await.until("the flood to flow", flood::sent, sent -> sent > 100);
            bystandersAreServed();
            flood.stop();
            int sent = flood.end();
            client.send(RawClient.text("done"));
            assertEquals(sent, reading.get(15, TimeUnit.SECONDS));
        }
    }

    /** Undertow's I/O thread selects only when it has no tasks left, so reading on must not always be the next one. */
    @ParameterizedTest
    @ValueSource(strings = {HANDLER, LISTENER, "/blocking"})
    void framesWithoutEndHoldUpNobody(String path) throws Exception {
        byte[] pong = RawClient.frame(0xA, new byte[0]);
        byte[] pongs = new byte[pong.length * 20_000];
        for (int at = 0; at < pongs.length; at += pong.length) {
            System.arraycopy(pong, 0, pongs, at, pong.length);
        }
        try (RawClient client = server.open(path)) {
            Torrent torrent = Torrent.begin(client, new byte[0], pongs);
            Await.until("the torrent to flow", torrent::sent, sent -> sent > 10L * pongs.length);
            bystandersAreServed();
            client.reset();
            torrent.awaitEnd();
        }
    }

    private static int readUntilText(RawClient client) throws IOException {
        int read = 0;
        while (client.read().opcode() != RawClient.TEXT) {
            read++;
        }
        return read;
    }

    /** Undertow's I/O thread would try to write the rest for ever. */
    @ParameterizedTest
    @ValueSource(strings = {HANDLER, LISTENER, "/blocking"})
    void aPeerThatVanishesBeforeItHasReadHoldsUpNobody(String path) throws Exception {
        try (RawClient stuck = server.open(path)) {
            Flood flood = Flood.begin(stuck, MESSAGE, Integer.MAX_VALUE);
            flood.awaitStall();
            stuck.reset();
            bystandersAreServed();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {HANDLER, LISTENER})
    void aPeerThatNeverReadsIsCutOffAtTheWriteTimeout(String path) throws Exception {
        try (RawClient stuck = server.open(IN_A_HURRY + path)) {
            Flood flood = Flood.begin(stuck, MESSAGE, Integer.MAX_VALUE);
            Await.until("the flood to be cut off", flood::isRunning, running -> !running);
            bystandersAreServed();
            closeBystanders();
            long begin = System.nanoTime();
            server.undeploy();
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertTrue(took.compareTo(Duration.ofSeconds(4)) < 0, () -> "stopping took " + took);
        }
    }

    private void bystandersAreServed() throws IOException {
        long slowest = 0;
        for (int i = 0; i < 20; i++) {
            for (RawClient bystander : bystanders) {
                long begin = System.nanoTime();
                bystander.send(RawClient.text("message " + i));
                assertEquals("message " + i, bystander.read().text());
                slowest = Math.max(slowest, System.nanoTime() - begin);
            }
        }
        assertTrue(slowest < SLOW.toNanos(), "an echo took " + Duration.ofNanos(slowest));
    }

    /** Reads until everything that was sent has come back. */
    private static void expectEchoesUntilEnd(RawClient client, Flood flood) throws Exception {
        for (int read = 0; flood.isRunning() || read < flood.sent(); ) {
            assertArrayEquals(Flood.payload(read, MESSAGE), client.read().payload());
            read++;
            if (read == flood.begun()) {
                Await.until("the last message to be sent", flood::isRunning, running -> !running);
            }
        }
    }
}
