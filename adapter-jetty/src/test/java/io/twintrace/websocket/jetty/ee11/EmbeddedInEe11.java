package io.twintrace.websocket.jetty.ee11;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.testkit.RawClient;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The adapter in an embedded Jetty EE11. {@link EmbeddedInEe11Test} runs this. */
class EmbeddedInEe11 {
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final ServletContextHandler context = new ServletContextHandler("/");

    private RawClient start() throws Exception {
        server.addConnector(connector);
        server.setHandler(context);
        server.setStopTimeout(5_000);
        server.start();
        return RawClient.open(connector.getLocalPort(), "/ws");
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    private static void echo(BlockingConnection connection) throws Exception {
        for (Message m; (m = connection.readMessage()) != null; ) {
            connection.writeMessage(m.type(), m.payload());
        }
    }

    private static void assertEchoes(RawClient client) throws IOException {
        for (int size : new int[] {0, 125, 65_536, 1 << 20}) {
            byte[] payload = new byte[size];
            new Random(size).nextBytes(payload);
            client.send(RawClient.frame(RawClient.BINARY, payload));
            assertArrayEquals(payload, client.read().payload());
        }
        client.send(RawClient.close(1000));
        assertEquals(1000, client.readToClose());
    }

    @Test
    void aHandlersMessagesComeBack() throws Exception {
        JettyWebSockets.add(context, "/ws", EmbeddedInEe11::echo);
        try (RawClient client = start()) {
            assertEchoes(client);
        }
    }

    @Test
    void aListenersMessagesComeBack() throws Exception {
        JettyWebSockets.add(context, "/ws", new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                connection.writeMessage(message);
            }
        });
        try (RawClient client = start()) {
            assertEchoes(client);
        }
    }

    @Test
    void aWrappedRequestIsUpgraded() throws Exception {
        JettyWebSockets.add(context, "/ws", EmbeddedInEe11::echo);
        FilterHolder filter = new FilterHolder((request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request),
                new HttpServletResponseWrapper((HttpServletResponse) response)));
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        try (RawClient client = start()) {
            assertEchoes(client);
        }
    }

    @Test
    void bothThreadsOfAConcurrentWriteFail() throws Exception {
        CompletableFuture<Boolean> otherFails = new CompletableFuture<>();
        CompletableFuture<Boolean> handlerFails = new CompletableFuture<>();
        JettyWebSockets.add(context, "/ws", connection -> {
            Thread other = new Thread(() -> writeUntilConflict(connection, otherFails));
            other.setDaemon(true);
            other.start();
            writeUntilConflict(connection, handlerFails);
        });
        try (RawClient client = start()) {
            assertEquals(1011, client.readToClose());
            assertTrue(otherFails.get(10, TimeUnit.SECONDS));
            assertTrue(handlerFails.get(10, TimeUnit.SECONDS));
        }
    }

    private static void writeUntilConflict(WebSocketConnection connection, CompletableFuture<Boolean> fails) {
        assertThrows(ConcurrentWriteException.class, () -> {
            while (true) {
                connection.writeMessage("x");
            }
        });
        fails.complete(true);
    }

    @Test
    void aGracefulStopTellsThePeer() throws Exception {
        JettyWebSockets.add(context, "/ws", EmbeddedInEe11::echo);
        try (RawClient client = start()) {
            client.send(RawClient.text("hello"));
            assertEquals("hello", client.read().text());
            CompletableFuture<Void> stopping = CompletableFuture.runAsync(() -> assertStops());
            assertEquals(1001, client.readToClose());
            client.send(RawClient.close(1001));
            stopping.get(10, TimeUnit.SECONDS);
        }
    }

    private void assertStops() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
