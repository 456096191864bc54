package io.twintrace.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteListener;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWrites;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.Await;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One place of an application offers to the outbox, a forgotten one writes directly: the log names both. */
class OutboxBesideDirectTest {
    private static final int ROUNDS = 40;

    private static final String OFFERS = "io.twintrace.corpus.OutboxBesideDirectTest.offer(";
    private static final String WRITES = "io.twintrace.corpus.OutboxBesideDirectTest.write";

    private final Queue<ConcurrentWriteReport> reports = new ConcurrentLinkedQueue<>();
    private final ConcurrentWriteListener listening = reports::add;

    @BeforeEach
    void listen() {
        ConcurrentWrites.addListener(listening);
    }

    @AfterEach
    void stopListening() {
        ConcurrentWrites.removeListener(listening);
    }

    private static void offer(WebSocketConnection connection) {
        connection.outbox().offer("offered");
    }

    private static void writeWhole(WebSocketConnection connection) throws IOException {
        connection.writeMessage("direct");
    }

    private static void writeInPieces(WebSocketConnection connection, CyclicBarrier together) throws Exception {
        try (MessageWriter writer = connection.nextWriter(MessageType.TEXT)) {
            writer.write("one");
            together.await();
            writer.write("two");
        }
    }

    private static Thread offerTogether(WebSocketConnection connection, CyclicBarrier together) {
        Thread other = new Thread(() -> {
            try {
                together.await();
                offer(connection);
            } catch (ConcurrentWriteException e) {
                // The exception is already in the log.
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        other.setDaemon(true);
        other.start();
        return other;
    }

    /** The application's action for each message, on the thread that received it. */
    private interface Answer {
        void to(WebSocketConnection connection) throws Exception;
    }

    private static void whole(WebSocketConnection connection) throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Thread other = offerTogether(connection, together);
        together.await();
        writeWhole(connection);
        other.join();
        writeWhole(connection);
    }

    private static void inPieces(WebSocketConnection connection) throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        Thread other = offerTogether(connection, together);
        writeInPieces(connection, together);
        other.join();
        writeWhole(connection);
    }

    private static Application handling(Answer answer) {
        WebSocketHandler handler = connection -> {
            while (connection.readMessage() != null) {
                answer.to(connection);
            }
        };
        return serving(context -> JettyWebSockets.add(context, "/ws", handler, Corpus.TRACED));
    }

    private static Application listening(Answer answer) {
        WebSocketListener listener = new WebSocketListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                answer.to(connection);
            }
        };
        return serving(context -> JettyWebSockets.add(context, "/ws", listener, Corpus.TRACED));
    }

    private interface Deployment {
        void to(ServletContextHandler context);
    }

    private static Application serving(Deployment deployment) {
        return new Application() {
            @Override
            public void deploy(ServletContextHandler context) {
                deployment.to(context);
            }

            @Override
            public void use(Site site, int writes) throws Exception {
                try (Visitor visitor = site.visit("/ws")) {
                    visitor.send("go");
                    visitor.await(Integer.MAX_VALUE);
                }
            }

            @Override
            public void stop() {}
        };
    }

    @Test
    void aHandlerThatWritesWholeMessages() throws Exception {
        bothAreNamed(handling(OutboxBesideDirectTest::whole));
    }

    @Test
    void aHandlerThatWritesInPieces() throws Exception {
        bothAreNamed(handling(OutboxBesideDirectTest::inPieces));
    }

    @Test
    void aListenerThatWritesWholeMessages() throws Exception {
        bothAreNamed(listening(OutboxBesideDirectTest::whole));
    }

    @Test
    void aListenerThatWritesInPieces() throws Exception {
        bothAreNamed(listening(OutboxBesideDirectTest::inPieces));
    }

    private void bothAreNamed(Application application) throws Exception {
        int unnamed = 0;
        String last = "";
        try (Site site = Site.running(application)) {
            for (int round = 0; round < ROUNDS; round++) {
                reports.clear();
                site.use(1);
                ConcurrentWriteReport report = Await.until("a report", reports::peek, seen -> seen != null);
                String summary = report.summary();
                if (!summary.contains(OFFERS) || !summary.contains(WRITES) || summary.contains("obody")) {
                    unnamed++;
                    last = summary;
                }
            }
            String log = site.log();
            assertTrue(log.contains(OFFERS) && log.contains(WRITES), log);
        }
        assertEquals(0, unnamed, "of " + ROUNDS + " reports do not name both; the last: " + last);
    }
}
