package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.internal.frame.ControlPayload;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Frame;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;

/** The thread that a handler runs on, and the effect of its exceptions. */
class HandlerTest {
    private static final String SECRET = "Cookie: session=secret";

    @Test
    void exceptionIsLoggedWithItsStackAndClosesWith1011() throws Exception {
        try (TestServer server = TestServer.serving(HandlerTest::fail);
                RawClient client = RawClient.open(server.port(), "/ws?token=secret", SECRET)) {
            client.send(RawClient.text("secret"));
            Frame close = client.read();
            assertEquals(1011, close.closeCode());
            assertEquals("handler failed", close.closeReason());
            client.send(RawClient.close(1011));
            client.awaitEnd();
            server.log().await("is closed with 1011 after its handler threw");
            server.log().await("at " + HandlerTest.class.getName() + ".fail");
            assertFalse(server.log().text().contains("secret"), server.log().text());
        }
    }

    private static void fail(BlockingConnection connection) throws Exception {
        connection.readMessage();
        throw new ArithmeticException("the handler's own mistake");
    }

    /** As one does that catches an InterruptedException. */
    @Test
    void aHandlerThatReturnsInterruptedLosesNothing() throws Exception {
        int messages = 40;
        CountDownLatch isSent = new CountDownLatch(1);
        CountDownLatch returns = new CountDownLatch(1);
        WebSocketOptions options = WebSocketOptions.builder()
                .outbox(OutboxOptions.defaults().withMaxBytes(64 << 20))
                .build();
        try (TestServer server = TestServer.serving(
                        connection -> {
                            isSent.await();
                            for (int i = 0; i < messages; i++) { // more than the system takes
                                connection.outbox().offer(PreparedMessage.of(MessageType.BINARY, new byte[256 * 1024]));
                            }
                            Thread.currentThread().interrupt();
                            returns.countDown();
                        },
                        options);
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("never read"));
            isSent.countDown();
            assertTrue(returns.await(5, TimeUnit.SECONDS));
            for (int i = 0; i < messages; i++) {
                assertEquals(RawClient.BINARY, client.read().opcode());
            }
            assertEquals(1000, client.read().closeCode());
            client.send(RawClient.close(1000));
            client.awaitEnd();
        }
    }

    @Test
    void badJsonClosesWith1007AndTakesOneLineInTheLog() throws Exception {
        try (TestServer server = TestServer.serving(connection -> connection.readJson(Integer.class));
                RawClient client = RawClient.open(server.port(), "/ws?token=secret", SECRET)) {
            client.send(RawClient.text("{\"secret\": 1}"));
            byte[] close = client.read().payload();
            assertEquals(
                    "invalid JSON at line 1, column 2",
                    ControlPayload.parseClose(close).reason());
            assertEquals(1007, ControlPayload.parseClose(close).code());
            client.send(RawClient.close(1007));
            client.awaitEnd();
            String line = "is closed with 1007: message is not JSON of type java.lang.Integer at line 1, column 2; ";
            server.log().await(line);
            assertEquals(1, server.log().text().lines().count(), server.log().text());
            assertFalse(server.log().text().contains("secret"), server.log().text());
        }
    }

    @Test
    void conflictStandsInTheLogWithBothStacksAndBothThreads() throws Exception {
        CompletableFuture<ConcurrentWriteException> first = new CompletableFuture<>();
        try (TestServer server = TestServer.serving(connection -> interleave(connection, first));
                RawClient client = RawClient.open(server.port(), "/ws", SECRET)) {
            assertEquals(1011, client.readToClose());
            first.get(5, TimeUnit.SECONDS);
            server.log().await("Concurrent write to WebSocket connection");
            for (String part : new String[] {"\"second-writer\"", "\"websocket-", "writeFromElsewhere", "interleave"}) {
                server.log().await(part);
            }
            assertFalse(server.log().text().contains("secret"), server.log().text());
        }
    }

    /** Two threads collide with certainty: one has a message open, and the other begins one. */
    private static void interleave(BlockingConnection connection, CompletableFuture<ConcurrentWriteException> caught)
            throws Exception {
        connection.nextWriter(MessageType.TEXT).write("a message is begun");
        Thread second = new Thread(() -> writeFromElsewhere(connection), "second-writer");
        second.start();
        second.join();
        try {
            connection.writeMessage("the next one");
        } catch (ConcurrentWriteException e) {
            caught.complete(e);
        }
    }

    private static void writeFromElsewhere(BlockingConnection connection) {
        try {
            connection.writeMessage("another message");
        } catch (ConcurrentWriteException e) {
            // The test intends this.
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void peerThatVanishesTakesOneLineInTheLog() throws Exception {
        try (TestServer server = TestServer.serving(TestServer::echo)) {
            try (RawClient client = server.rawClient()) {
                client.send(RawClient.text("hello"));
                client.read();
                client.reset();
            }
            server.log().await(" ended: ");
            assertEquals(1, server.log().text().lines().count(), server.log().text());
        }
    }

    @Test
    void handlerSeesTheClassesOfTheWebApplication() throws Exception {
        ClassLoader loader = new URLClassLoader(new URL[0], getClass().getClassLoader());
        CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
        ServletContextHandler context = new ServletContextHandler("/");
        context.setClassLoader(loader);
        JettyWebSockets.add(
                context,
                "/ws",
                connection -> seen.complete(Thread.currentThread().getContextClassLoader()));
        try (TestServer server = new TestServer(context).start();
                RawClient client = server.rawClient()) {
            assertEquals(1000, client.readToClose());
            assertSame(loader, seen.get(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void everyConnectionHasItsOwnThreadWhichIsVirtualIfSupported() throws Exception {
        BlockingQueue<Thread> threads = new LinkedBlockingQueue<>();
        try (TestServer server = TestServer.serving(connection -> {
                    threads.add(Thread.currentThread());
                    TestServer.echo(connection);
                });
                RawClient one = server.rawClient();
                RawClient two = server.rawClient()) {
            Thread first = threads.poll(5, TimeUnit.SECONDS);
            Thread second = threads.poll(5, TimeUnit.SECONDS);
            assertTrue(first != second);
            for (Thread thread : new Thread[] {first, second}) {
                assertTrue(thread.getName().matches("websocket-\\d+ \\(/ws\\)"), thread.getName());
                assertEquals(TestThreads.shouldBeVirtual(), TestThreads.isVirtual(thread));
                assertTrue(thread.isDaemon());
            }
            one.send(RawClient.text("1"));
            two.send(RawClient.text("2"));
            assertEquals("2", two.read().text());
            assertEquals("1", one.read().text());
        }
    }
}
