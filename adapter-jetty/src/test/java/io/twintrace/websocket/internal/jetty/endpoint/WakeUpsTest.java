package io.twintrace.websocket.internal.jetty.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Gate;
import io.twintrace.websocket.jetty.EchoListener;
import io.twintrace.websocket.jetty.TestServer;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** Tests when a selector wakes the readers whose input it has found, while something occupies the one selector. */
class WakeUpsTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final CountDownLatch mayGoOn = new CountDownLatch(1);

    private interface Body {
        void run(WakeUps wakeUps) throws Exception;
    }

    private void whileTheSelectorIsBusy(Body body) throws Exception {
        try (TestServer server = serving();
                RawClient client = server.rawClient()) {
            CountDownLatch busy = new CountDownLatch(1);
            selector(server).submit(unused -> {
                busy.countDown();
                awaitGoingOn();
            });
            try {
                assertTrue(busy.await(10, TimeUnit.SECONDS));
                body.run(wakeUps(server));
            } finally {
                mayGoOn.countDown();
            }
            client.send(RawClient.close(1000));
        }
    }

    private void awaitGoingOn() {
        try {
            mayGoOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static TestServer serving() throws Exception {
        return TestServer.serving(new EchoListener(), WebSocketOptions.defaults());
    }

    private static ManagedSelector selector(TestServer server) {
        return server.connector()
                .getSelectorManager()
                .getBeans(ManagedSelector.class)
                .iterator()
                .next();
    }

    /** The wake-ups of the selector of the server's one connection. */
    private static WakeUps wakeUps(TestServer server) {
        EndPoint endPoint =
                server.connector().getConnectedEndPoints().iterator().next();
        return WakeUps.of(server.connector(), endPoint);
    }

    private static List<Gate> open(WakeUps wakeUps, int gates) {
        List<Gate> all = new ArrayList<>();
        for (int i = 0; i < gates; i++) {
            Gate gate = new Gate("for the test");
            all.add(gate);
            wakeUps.open(gate);
        }
        return all;
    }

    private static long passed(List<Gate> gates, Duration wait) {
        return gates.stream().filter(gate -> hasPassed(gate, wait)).count();
    }

    private static boolean hasPassed(Gate gate, Duration wait) {
        gate.deadline(Deadlines.afterNanos(wait.toNanos()));
        try {
            gate.await();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void fewAreWokenBeforeTheSelectorSelectsAgain() throws Exception {
        whileTheSelectorIsBusy(wakeUps -> {
            List<Gate> gates = open(wakeUps, WakeUps.MAX_TOGETHER - 1);
            assertEquals(0, passed(gates, Duration.ZERO));
            mayGoOn.countDown();
            assertEquals(gates.size(), passed(gates, LONG));
        });
    }

    @Test
    void manyDoNotWaitForTheSelector() throws Exception {
        whileTheSelectorIsBusy(wakeUps -> {
            List<Gate> gates = open(wakeUps, 2 * WakeUps.MAX_TOGETHER + 1);
            assertEquals(2L * WakeUps.MAX_TOGETHER, passed(gates, Duration.ZERO));
            mayGoOn.countDown();
            assertTrue(hasPassed(gates.get(gates.size() - 1), LONG));
        });
    }

    /** The selector visits connections in its own order, and a new one may come first. */
    @Test
    void handlersThatWereReadForAreWokenBeforeAListenerIsCalled() throws Exception {
        Semaphore handled = new Semaphore(0);
        BlockingQueue<Boolean> othersFirst = new LinkedBlockingQueue<>();
        EchoListener slow = new EchoListener.NonBlocking() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                if (message.text().equals("x")) {
                    othersFirst.add(handled.tryAcquire(300, TimeUnit.MILLISECONDS));
                } else {
                    super.onMessage(connection, message);
                }
            }
        };
        WebSocketHandler handler = connection -> {
            while (connection.readMessage() != null) {
                handled.release();
            }
        };
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws/handler", handler, WebSocketOptions.defaults());
        JettyWebSockets.add(context, "/ws/listener", slow, WebSocketOptions.defaults());
        List<RawClient> toHandlers = new ArrayList<>();
        try (TestServer server = new TestServer(context).start()) {
            for (int i = 0; i < 8; i++) {
                toHandlers.add(RawClient.open(server.port(), "/ws/handler"));
            }
            boolean first = false;
            for (int attempt = 0; attempt < 10 && !first; attempt++) {
                try (RawClient toListener = RawClient.open(server.port(), "/ws/listener")) {
                    for (int i = 0; i < 2; i++) { // the thread that has opened the connection may find the first one
                        toListener.send(RawClient.text("hello"));
                        assertEquals("hello", toListener.read().text());
                    }
                    Semaphore held = new Semaphore(0);
                    selector(server).submit(unused -> held.acquireUninterruptibly());
                    toListener.send(RawClient.text("x"));
                    for (RawClient client : toHandlers) {
                        client.send(RawClient.text("x"));
                    }
                    held.release();
                    first = othersFirst.poll(10, TimeUnit.SECONDS);
                    handled.acquire(toHandlers.size() - (first ? 1 : 0));
                }
            }
            assertTrue(first);
            for (RawClient client : toHandlers) {
                client.close();
            }
        }
    }

    @Test
    void aSelectorThatRestsIsWokenForTheFirstOne() throws Exception {
        try (TestServer server = serving();
                RawClient client = server.rawClient()) {
            WakeUps wakeUps = wakeUps(server);
            for (int i = 0; i < 3; i++) {
                assertEquals(1, passed(open(wakeUps, 1), LONG));
            }
            client.send(RawClient.close(1000));
        }
    }

    @Test
    void whereNoSelectorIsKnownReadersAreWokenAtOnce() {
        WakeUps unknown = WakeUps.of(new LocalConnector(new Server()), new ByteArrayEndPoint());
        assertEquals(3, passed(open(unknown, 3), Duration.ZERO));
    }

    @Test
    void eachSelectorHasItsOwn() throws Exception {
        try (TestServer one = serving();
                TestServer other = serving();
                RawClient toOne = one.rawClient();
                RawClient toOther = other.rawClient()) {
            assertSame(wakeUps(one), wakeUps(one));
            assertNotSame(wakeUps(one), wakeUps(other));
            toOne.send(RawClient.close(1000));
            toOther.send(RawClient.close(1000));
        }
    }
}
