package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.RawClient;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** The server stops: it informs peers and waits for handlers, and nobody delays it for ever. */
class StopTest {
    private static final WebSocketOptions PATIENT_FOR_300_MS =
            WebSocketOptions.builder().closeTimeout(Duration.ofMillis(300)).build();

    /** Waits much longer than stopping takes if nothing has to be waited for. */
    private static final WebSocketOptions PATIENT_FOR_15_S =
            WebSocketOptions.builder().closeTimeout(Duration.ofSeconds(15)).build();

    @Test
    void gracefulStopTellsThePeerBeforeTheConnectorsStop() throws Exception {
        CompletableFuture<Boolean> connectorRan = new CompletableFuture<>();
        CompletableFuture<TestServer> self = new CompletableFuture<>();
        try (TestServer server = TestServer.of(
                connection -> {
                    TestServer.echo(connection);
                    connectorRan.complete(self.get().connector().isRunning());
                },
                PATIENT_FOR_15_S)) {
            self.complete(server);
            server.server().setStopTimeout(15_000);
            server.start();
            try (RawClient client = server.rawClient()) {
                assertServed(client);
                CompletableFuture<Duration> stopped = stop(server);
                assertEquals(1001, client.read().closeCode());
                client.send(RawClient.close(1001));
                client.awaitEnd();
                assertTrue(connectorRan.get(5, TimeUnit.SECONDS));
                assertQuick(Duration.ofSeconds(8), stopped);
            }
        }
    }

    @Test
    void stopOfTheContextAloneTellsThePeerAndWaitsForTheHandler() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<String> ended = new CompletableFuture<>();
        try (TestServer server = TestServer.serving(connection -> {
                    TestServer.echo(connection);
                    mayEnd.await();
                    ended.complete("done");
                });
                RawClient client = server.rawClient()) {
            assertServed(client);
            CompletableFuture<Void> stopped = async(() -> server.context().stop());
            assertEquals(1001, client.read().closeCode());
            client.send(RawClient.close(1001));
            assertTrue(!stopped.isDone());
            mayEnd.countDown();
            stopped.get(5, TimeUnit.SECONDS);
            assertEquals("done", ended.getNow("not waited for"));
        }
    }

    @Test
    void peerThatDoesNotAnswerIsWaitedForNoLongerThanTheCloseTimeout() throws Exception {
        try (TestServer server = gracefullyServing(TestServer::echo);
                RawClient client = server.rawClient()) {
            assertServed(client);
            CompletableFuture<Duration> stopped = stop(server);
            assertEquals(1001, client.read().closeCode());
            assertQuick(Duration.ofSeconds(5), stopped);
        }
    }

    @Test
    void handlerThatIgnoresItsInterruptIsNamedAndTheStopIsBounded() throws Exception {
        CountDownLatch forever = new CountDownLatch(1);
        try {
            assertStopIsBounded(connection -> {
                while (forever.getCount() > 0) {
                    try {
                        forever.await();
                    } catch (InterruptedException e) {
                        // Ignored on purpose.
                    }
                }
            });
        } finally {
            forever.countDown();
        }
    }

    private static void assertStopIsBounded(WebSocketHandler handler) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (TestServer server = gracefullyServing(connection -> {
                    begun.countDown();
                    handler.handle(connection);
                });
                RawClient client = server.rawClient()) {
            assertTrue(begun.await(5, TimeUnit.SECONDS));
            CompletableFuture<Duration> stopped = stop(server);
            assertEquals(1001, client.readToClose());
            assertQuick(Duration.ofSeconds(8), stopped);
            server.log().await("is still running after its connection was closed and the thread was interrupted");
        }
    }

    @Test
    void handlerThatWaitsForSomethingElseIsInterrupted() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        try (TestServer server = gracefullyServing(connection -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        end.complete("interrupted");
                    }
                });
                RawClient client = server.rawClient()) {
            assertTrue(begun.await(5, TimeUnit.SECONDS));
            CompletableFuture<Duration> stopped = stop(server);
            assertEquals(1001, client.readToClose());
            assertQuick(Duration.ofSeconds(8), stopped);
            assertEquals("interrupted", end.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void stopWithoutAStopTimeoutCutsConnectionsAndEndsHandlers() throws Exception {
        CompletableFuture<String> ended = new CompletableFuture<>();
        try (TestServer server = TestServer.serving(
                        connection -> {
                            try {
                                TestServer.echo(connection);
                            } finally {
                                ended.complete("ended");
                            }
                        },
                        PATIENT_FOR_15_S);
                RawClient client = server.rawClient()) {
            assertServed(client);
            CompletableFuture<Duration> stopped = stop(server);
            client.awaitEnd();
            assertQuick(Duration.ofSeconds(8), stopped);
            assertEquals("ended", ended.getNow("not waited for"));
        }
    }

    @Test
    void contextThatIsStartedAgainServesAgain() throws Exception {
        try (TestServer server = TestServer.serving(TestServer::echo)) {
            for (int i = 0; i < 3; i++) {
                try (RawClient client = server.rawClient()) {
                    assertServed(client);
                    client.send(RawClient.close(1000));
                    client.awaitEnd();
                }
                int beans = server.context().getBeans().size();
                server.context().stop();
                server.context().start();
                assertEquals(beans, server.context().getBeans().size());
            }
        }
    }

    /** Jetty stops the connectors first unless it has a stop timeout. */
    private static TestServer gracefullyServing(WebSocketHandler handler) throws Exception {
        TestServer server = TestServer.of(handler, PATIENT_FOR_300_MS);
        server.server().setStopTimeout(1_000);
        return server.start();
    }

    /** From here on the handler of this client runs. */
    private static void assertServed(RawClient client) throws Exception {
        client.send(RawClient.text("hello"));
        assertEquals("hello", client.read().text());
    }

    private static CompletableFuture<Duration> stop(TestServer server) {
        long begin = System.nanoTime();
        return async(() -> stopOrTimeOut(server)).thenApply(unused -> Duration.ofNanos(System.nanoTime() - begin));
    }

    /** Jetty throws if its stop timeout was too short for a component. The server has stopped all the same. */
    private static void stopOrTimeOut(TestServer server) throws Exception {
        try {
            server.stop();
        } catch (TimeoutException e) {
            assertTrue(!server.connector().isRunning());
        }
    }

    private static CompletableFuture<Void> async(Action action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        action.run();
                        done.complete(null);
                    } catch (Exception e) {
                        done.completeExceptionally(e);
                    }
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

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }
}
