package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.servlet.WebSocketUpgrader;
import io.twintrace.websocket.testkit.RawClient;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An application that closes all its connections before its container stops, as one of Spring Boot does. */
class CloseAllTest {
    private final ServletContextHandler context = new ServletContextHandler("/");
    private final CountDownLatch released = new CountDownLatch(1);
    private TestServer server;

    @AfterEach
    void stop() {
        released.countDown();
        server.close();
    }

    /** Its upgrader joins the application at its first request. Public, so that Jetty can create it. */
    public static final class Echo extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient WebSocketUpgrader upgrader = new WebSocketUpgrader();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            upgrader.upgrade(request, response, TestServer::echo);
        }
    }

    private void serve(HttpServlet servlet) throws Exception {
        context.addServlet(new ServletHolder(servlet), "/ws");
        server = new TestServer(context).start();
    }

    private boolean closeAll(Duration timeout) {
        return WebSocketUpgrader.closeAll(context.getServletContext(), timeout);
    }

    private int handshake() throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws"));
            return client.readResponse().status();
        }
    }

    @Test
    void anUpgraderThatHasItsFirstRequestAfterTheEndRefusesIt() throws Exception {
        serve(new Echo());
        assertTrue(closeAll(Duration.ofSeconds(10)));
        assertEquals(503, handshake());
    }

    @Test
    void anApplicationThatIsStartedAgainAcceptsConnections() throws Exception {
        context.addServlet(new ServletHolder(Echo.class), "/ws");
        server = new TestServer(context).start();
        assertEquals(101, handshake());
        assertTrue(closeAll(Duration.ofSeconds(10)));
        assertEquals(503, handshake());
        context.stop();
        context.start();
        assertEquals(101, handshake());
    }

    @Test
    void theContainerDoesNotWaitOnceMoreForAHandlerThatGoesOn() throws Exception {
        WebSocketOptions options =
                WebSocketOptions.builder().closeTimeout(Duration.ofSeconds(20)).build();
        UpgradeServlet servlet = new UpgradeServlet(this::goOn, options);
        serve(servlet);
        try (RawClient client = RawClient.open(server.port(), "/ws")) {
            assertEquals("busy", client.read().text());
            long begin = System.nanoTime();
            assertFalse(closeAll(Duration.ofMillis(100)));
            assertFalse(servlet.closeConnections(Duration.ofMillis(100)), "it still goes on");
            server.close();
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertTrue(took.toSeconds() < 10, () -> "took " + took);
        }
    }

    /** Whatever happens to the connection and the thread. */
    private void goOn(BlockingConnection connection) throws IOException {
        connection.writeMessage("busy");
        boolean over = false;
        while (!over) {
            try {
                released.await();
                over = true;
            } catch (InterruptedException e) {
                // That is what this is about.
            }
        }
    }
}
