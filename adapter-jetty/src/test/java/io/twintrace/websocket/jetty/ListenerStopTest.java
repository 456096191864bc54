package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.RawClient;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The server stops while a listener has connections. Peers and the listener learn of it, and nobody delays it for ever.
 */
class ListenerStopTest {
    private static final WebSocketOptions PATIENT_FOR_300_MS =
            WebSocketOptions.builder().closeTimeout(Duration.ofMillis(300)).build();

    /** Waits much longer than stopping takes if nothing has to be waited for. */
    private static final WebSocketOptions PATIENT_FOR_15_S =
            WebSocketOptions.builder().closeTimeout(Duration.ofSeconds(15)).build();

    /** Records the codes of its onClose calls. */
    private static class Told extends EchoListener {
        private final boolean nonBlocking;
        private final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();

        Told(boolean nonBlocking) {
            this.nonBlocking = nonBlocking;
        }

        @Override
        public boolean isNonBlocking() {
            return nonBlocking;
        }

        @Override
        public void onClose(WebSocketConnection connection, CloseStatus status) {
            super.onClose(connection, status);
            codes.add(status.code());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gracefulStopTellsPeerAndListenerAndIsQuick(boolean nonBlocking) throws Exception {
        Told listener = new Told(nonBlocking);
        try (TestServer server = TestServer.of(listener, PATIENT_FOR_15_S)) {
            server.server().setStopTimeout(15_000);
            server.start();
            try (RawClient client = server.rawClient()) {
                assertServed(client);
                CompletableFuture<Duration> stopped = stop(server);
                assertEquals(1001, client.read().closeCode());
                client.send(RawClient.close(1001));
                client.awaitEnd();
                assertQuick(Duration.ofSeconds(8), stopped);
                assertEquals(1001, listener.codes.poll(5, TimeUnit.SECONDS));
                assertEquals(0, listener.codes.size());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void peerThatDoesNotAnswerIsWaitedForNoLongerThanTheCloseTimeout(boolean nonBlocking) throws Exception {
        Told listener = new Told(nonBlocking);
        try (TestServer server = gracefullyServing(listener);
                RawClient client = server.rawClient()) {
            assertServed(client);
            CompletableFuture<Duration> stopped = stop(server);
            assertEquals(1001, client.read().closeCode());
            assertQuick(Duration.ofSeconds(5), stopped);
            assertEquals(1006, listener.codes.poll(5, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void stopWithoutAStopTimeoutEndsEverythingToo(boolean nonBlocking) throws Exception {
        Told listener = new Told(nonBlocking);
        try (TestServer server = TestServer.serving(listener, PATIENT_FOR_300_MS);
                RawClient client = server.rawClient()) {
            assertServed(client);
            CompletableFuture<Duration> stopped = stop(server);
            client.awaitEnd();
            assertQuick(Duration.ofSeconds(8), stopped);
            assertTrue(listener.codes.poll(5, TimeUnit.SECONDS) != null);
        }
    }

    @Test
    void callThatDoesNotReturnHoldsTheStopUpForABoundedTimeAndIsNamed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Told stuck = new Told(false) {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                begun.countDown();
                mayEnd.await();
            }
        };
        try (TestServer server = gracefullyServing(stuck);
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("begin"));
            assertTrue(begun.await(5, TimeUnit.SECONDS));
            CompletableFuture<Duration> stopped = stop(server);
            assertEquals(1001, client.readToClose());
            assertQuick(Duration.ofSeconds(8), stopped);
            server.log().await("a listener call is still running after its connection");
            mayEnd.countDown();
            assertEquals(1006, stuck.codes.poll(5, TimeUnit.SECONDS));
        } finally {
            mayEnd.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void contextThatIsStartedAgainServesAgain(boolean nonBlocking) throws Exception {
        Told listener = new Told(nonBlocking);
        try (TestServer server = TestServer.serving(listener, PATIENT_FOR_300_MS)) {
            for (int i = 0; i < 3; i++) {
                try (RawClient client = server.rawClient()) {
                    assertServed(client);
                    client.send(RawClient.close(1000));
                    client.awaitEnd();
                }
                server.context().stop();
                server.context().start();
                assertEquals(1000, listener.codes.poll(5, TimeUnit.SECONDS));
            }
        }
    }

    private static TestServer gracefullyServing(EchoListener listener) throws Exception {
        TestServer server = TestServer.of(listener, PATIENT_FOR_300_MS);
        server.server().setStopTimeout(1_000);
        return server.start();
    }

    private static void assertServed(RawClient client) throws Exception {
        client.send(RawClient.text("hello"));
        assertEquals("hello", client.read().text());
    }

    private static CompletableFuture<Duration> stop(TestServer server) {
        CompletableFuture<Duration> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    long begin = System.nanoTime();
                    try {
                        server.stop();
                    } catch (TimeoutException e) { // Jetty's own patience was shorter; it has stopped all the same
                        assertFalse(server.connector().isRunning());
                    } catch (Exception e) {
                        done.completeExceptionally(e);
                    }
                    done.complete(Duration.ofNanos(System.nanoTime() - begin));
                },
                "stop");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    private static void assertQuick(Duration most, CompletableFuture<Duration> stopped) throws Exception {
        Duration took = stopped.get(20, TimeUnit.SECONDS);
        assertTrue(took.compareTo(most) < 0, () -> "stopping took " + took);
    }
}
