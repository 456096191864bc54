package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.servlet.WebSocketUpgrader;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Upgrades from any servlet, filter or controller, in Jetty. */
class UpgraderTest {
    private final WebSocketUpgrader upgrader = new WebSocketUpgrader(WebSocketOptions.builder()
            .closeTimeout(Duration.ofMillis(500))
            .maxConnections(3)
            .build());
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
        upgrader.close();
    }

    /** What a servlet does with a GET. */
    @FunctionalInterface
    private interface Get {
        void answer(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    private static final class GetServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        private final transient Get get;

        GetServlet(Get get) {
            this.get = get;
        }

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            get.answer(request, response);
        }
    }

    private void serve(Get get) throws Exception {
        serve(new GetServlet(get));
    }

    private void serve(HttpServlet servlet) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(servlet), "/ws/*");
        server = new TestServer(context).start();
    }

    private RawClient open(String... headers) throws IOException {
        return RawClient.open(server.port(), "/ws", headers);
    }

    private Response answer(String... headers) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws", headers));
            return client.readResponse();
        }
    }

    private HttpResponse<String> page() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/ws"))
                .build();
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request, BodyHandlers.ofString());
    }

    private static void echoes(RawClient client) throws IOException {
        client.send(RawClient.text("hello"));
        assertEquals("hello", client.read().text());
    }

    /** Sends every message back. */
    private static final class Echo implements WebSocketListener {
        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
            connection.writeMessage(message);
        }
    }

    @Test
    void aServletHasAPageAndAWebSocketOnOnePath() throws Exception {
        serve((request, response) -> {
            if (WebSocketUpgrader.isUpgrade(request)) {
                assertTrue(upgrader.upgrade(request, response, TestServer::echo));
            } else {
                response.getWriter().print("a page");
            }
        });
        assertEquals("a page", page().body());
        try (RawClient client = open()) {
            echoes(client);
        }
    }

    @Test
    void anUpgradeServletMayHaveAPageAsWell() throws Exception {
        serve(new UpgradeServlet(TestServer::echo) {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print("a page");
            }
        });
        assertEquals("a page", page().body());
        try (RawClient client = open()) {
            echoes(client);
        }
    }

    @Test
    void aListenerIsCalledAsInAServletOfItsOwn() throws Exception {
        serve((request, response) -> upgrader.upgrade(request, response, new Echo()));
        try (RawClient client = open()) {
            echoes(client);
        }
    }

    @Test
    void aFilterUpgradesToo() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        Filter filter = (request, response, chain) ->
                upgrader.upgrade((HttpServletRequest) request, (HttpServletResponse) response, TestServer::echo);
        context.addFilter(new FilterHolder(filter), "/ws", EnumSet.of(DispatcherType.REQUEST));
        server = new TestServer(context).start();
        try (RawClient client = open()) {
            echoes(client);
        }
    }

    @Test
    void headersAndCookiesOfTheApplicationGoOutWithThe101() throws Exception {
        serve((request, response) -> {
            response.addHeader("X-Node", "a");
            response.addHeader("X-Node", "b");
            response.addCookie(new Cookie("seat", "7"));
            upgrader.upgrade(request, response, TestServer::echo);
        });
        Response answer = answer();
        assertEquals(101, answer.status());
        assertTrue(answer.head().contains("X-Node: a\r\n"), answer.head());
        assertTrue(answer.head().contains("X-Node: b\r\n"), answer.head());
        assertTrue(answer.head().contains("Set-Cookie: seat=7"), answer.head());
    }

    @Test
    void subprotocolOptionsAndAttributesAreForOneUpgrade() throws Exception {
        WebSocketOptions small = WebSocketOptions.builder().readLimit(4).build();
        serve((request, response) -> upgrader.begin(request, response)
                .subprotocol("v2")
                .options(small)
                .attribute("room", "blue")
                .attribute("nothing", null)
                .accept(connection -> {
                    connection.writeMessage(connection.attributes() + " "
                            + connection.subprotocol().orElse("none"));
                    Message unused = connection.readMessage();
                }));
        try (RawClient client = open("Sec-WebSocket-Protocol: v1, v2")) {
            assertEquals("{room=blue} v2", client.read().text());
            client.send(RawClient.text("hello"));
            assertEquals(1009, client.readToClose());
        }
    }

    @Test
    void aClientThatDoesNotOfferTheChosenSubprotocolIsRefused() throws Exception {
        serve((request, response) ->
                upgrader.begin(request, response).subprotocol("v3").accept(TestServer::echo));
        assertEquals(400, answer("Sec-WebSocket-Protocol: v1, v2").status());
        server.log().await("refused with 400: the client must offer the subprotocol v3");
    }

    @Test
    void whatAFilterHasBufferedDoesNotPrecedeARefusal() throws Exception {
        serve((request, response) -> {
            response.getOutputStream().print("bytes of a filter");
            upgrader.upgrade(request, response, TestServer::echo);
        });
        HttpResponse<String> refused = page();
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().startsWith("this is a WebSocket endpoint"), refused.body());
    }

    @Test
    void theApplicationRefusesWithAStatusAndHeadersOfItsOwn() throws Exception {
        serve((request, response) ->
                upgrader.begin(request, response).refuse(401, "log in first", Map.of("WWW-Authenticate", "Bearer")));
        Response answer = answer();
        assertEquals(401, answer.status());
        assertTrue(answer.head().contains("WWW-Authenticate: Bearer"), answer.head());
        server.log().await("WebSocket handshake for /ws refused by the application with 401: log in first");
    }

    @Test
    void aServletRefusesInPrepare() throws Exception {
        serve(new UpgradeServlet(TestServer::echo) {
            private static final long serialVersionUID = 1L;

            @Override
            protected void prepare(io.twintrace.websocket.servlet.Upgrade upgrade) throws IOException {
                if (upgrade.request().getHeader("Authorization") == null) {
                    upgrade.refuse(403, "no token");
                }
            }
        });
        assertEquals(403, answer().status());
        try (RawClient client = open("Authorization: Bearer x")) {
            echoes(client);
        }
    }

    @Test
    void aRequestThatIsNoHandshakeIsRefusedAndNobodyIsCalled() throws Exception {
        CompletableFuture<BlockingConnection> called = new CompletableFuture<>();
        CompletableFuture<Boolean> accepted = new CompletableFuture<>();
        serve((request, response) ->
                accepted.complete(upgrader.upgrade(request, response, connection -> called.complete(connection))));
        HttpResponse<String> refused = page();
        assertEquals(400, refused.statusCode());
        assertTrue(refused.body().startsWith("this is a WebSocket endpoint"), refused.body());
        assertFalse(accepted.get(10, TimeUnit.SECONDS));
        assertEquals(403, answer("Origin: https://evil.example").status());
        assertFalse(called.isDone());
    }

    @Test
    void oneHandshakeHasOneAnswer() throws Exception {
        CompletableFuture<String> second = new CompletableFuture<>();
        serve((request, response) -> {
            var upgrade = upgrader.begin(request, response);
            upgrade.accept(TestServer::echo);
            try {
                upgrade.refuse(403, "too late");
            } catch (IllegalStateException e) {
                second.complete(e.getMessage());
            }
        });
        try (RawClient client = open()) {
            echoes(client);
        }
        assertEquals("this handshake has already been accepted or refused", second.get(10, TimeUnit.SECONDS));
    }

    @Test
    void placesAreLimitedOverAllUpgradesOfOneUpgrader() throws Exception {
        serve((request, response) -> upgrader.upgrade(request, response, TestServer::echo));
        try (RawClient first = open();
                RawClient second = open();
                RawClient third = open()) {
            assertEquals(503, answer().status());
            echoes(first);
            echoes(second);
            echoes(third);
        }
    }

    @Test
    void closingTellsThePeersAndRefusesFurtherUpgrades() throws Exception {
        serve((request, response) -> upgrader.upgrade(request, response, TestServer::echo));
        try (RawClient client = open()) {
            echoes(client);
            CompletableFuture<Boolean> closed =
                    CompletableFuture.supplyAsync(() -> upgrader.close(Duration.ofSeconds(10)));
            assertEquals(1001, client.read().closeCode());
            client.send(RawClient.close(1001));
            assertTrue(closed.get(10, TimeUnit.SECONDS));
            assertEquals(503, answer().status());
        }
    }

    @Test
    void closingEndsAtItsBoundThoughAHandlerGoesOn() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        serve((request, response) -> upgrader.upgrade(request, response, connection -> {
            try {
                connection.writeMessage("busy");
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }));
        try (RawClient client = open()) {
            assertEquals("busy", client.read().text());
            long begin = System.nanoTime();
            assertFalse(upgrader.close(Duration.ofMillis(100)));
            assertTrue(System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(5));
            assertTrue(interrupted.await(10, TimeUnit.SECONDS), "it is cut off and interrupted");
        }
    }

    @Test
    void allConnectionsOfAnApplicationCloseTogether() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(
                new ServletHolder(
                        new GetServlet((request, response) -> upgrader.upgrade(request, response, TestServer::echo))),
                "/ws");
        context.addServlet(new ServletHolder(new UpgradeServlet(TestServer::echo)), "/servlet");
        server = new TestServer(context).start();
        try (RawClient one = open();
                RawClient other = RawClient.open(server.port(), "/servlet")) {
            echoes(one);
            echoes(other);
            CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(
                    () -> WebSocketUpgrader.closeAll(context.getServletContext(), Duration.ofSeconds(10)));
            for (RawClient each : new RawClient[] {one, other}) {
                assertEquals(1001, each.read().closeCode());
                each.send(RawClient.close(1001));
            }
            assertTrue(closed.get(10, TimeUnit.SECONDS));
            assertEquals(503, answer().status());
        }
    }

    @Test
    void anUpgraderThatIsClosedBeforeItsFirstRequestRefusesIt() throws Exception {
        upgrader.close();
        serve((request, response) -> upgrader.upgrade(request, response, TestServer::echo));
        assertEquals(503, answer().status());
    }

    @Test
    void pathParametersAreWhatFollowsTheMapping() throws Exception {
        serve((request, response) -> upgrader.upgrade(
                request,
                response,
                connection -> connection.writeMessage(connection.request().pathInfo())));
        try (RawClient client = RawClient.open(server.port(), "/ws/room/sky%20blue?x=1")) {
            assertEquals("/room/sky blue", client.read().text());
        }
    }
}
