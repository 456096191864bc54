package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.JdkClient;
import java.io.IOException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;

/** A discipline that an operator declares, without a line of code. */
class DisciplineByInitParamTest {
    @Test
    void underConnectionLockWhoeverHoldsItMayWrite() throws Exception {
        try (TestServer server = serving(DisciplineByInitParamTest::echoUnderTheLock, "connection-lock");
                JdkClient client = server.client()) {
            client.send("hello");
            assertEquals("hello", client.receive());
        }
    }

    @Test
    void underConnectionLockAWriteWithoutItFailsAtOnce() throws Exception {
        try (TestServer server = serving(TestServer::echo, "connection-lock");
                JdkClient client = server.client()) {
            client.send("hello");
            assertEquals(1011, client.awaitClose());
            String logged = server.log().text();
            assertTrue(logged.contains("guarded by the lock java.util.concurrent.locks.ReentrantLock"), () -> logged);
            assertTrue(logged.contains("TestServer.echo"), () -> logged);
        }
    }

    @Test
    void aListenersWriteWithoutTheLockFailsAtOnceToo() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", new EchoListener()).setInitParameter("write-discipline", "connection-lock");
        try (TestServer server = new TestServer(context).start();
                JdkClient client = server.client()) {
            client.send("hello");
            assertEquals(1011, client.awaitClose());
            assertTrue(server.log().text().contains("EchoListener.onMessage"), server.log()::text);
        }
    }

    private static TestServer serving(WebSocketHandler handler, String discipline) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", handler).setInitParameter("write-discipline", discipline);
        return new TestServer(context).start();
    }

    private static void echoUnderTheLock(BlockingConnection connection) throws IOException {
        for (Message m; (m = connection.readMessage()) != null; ) {
            connection.writeLock().lock();
            try {
                connection.writeMessage(m.type(), m.payload());
            } finally {
                connection.writeLock().unlock();
            }
        }
    }
}
