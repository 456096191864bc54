package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.SessionOptions;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Frame;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.session.DefaultSessionIdManager;
import org.eclipse.jetty.session.HouseKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections and the HTTP session of their handshake, in Jetty. */
class SessionTest {
    private static final SessionOptions CLOSING = SessionOptions.defaults().withCloseCode(CloseCode.POLICY_VIOLATION);

    private final CompletableFuture<HttpSession> seen = new CompletableFuture<>();
    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    /** GET logs in and answers with the session's id; DELETE logs out; POST touches the session. */
    private static final class Login extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            HttpSession session = request.getSession();
            session.setMaxInactiveInterval(Integer.parseInt(request.getParameter("seconds")));
            response.getWriter().print(session.getId());
        }

        @Override
        protected void doDelete(HttpServletRequest request, HttpServletResponse response) {
            request.getSession(false).invalidate();
        }
    }

    private void serve(SessionOptions options) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/", true, false);
        context.addServlet(new ServletHolder(new Login()), "/login");
        WebSocketOptions all = WebSocketOptions.builder().session(options).build();
        context.addServlet(
                new ServletHolder(new UpgradeServlet(
                        connection -> {
                            seen.complete(connection.request().session());
                            TestServer.echo(connection);
                        },
                        all)),
                "/ws");
        server = new TestServer(context);
        DefaultSessionIdManager ids = new DefaultSessionIdManager(server.server());
        HouseKeeper keeper = new HouseKeeper();
        keeper.setSessionIdManager(ids);
        keeper.setIntervalSec(1);
        ids.setSessionHouseKeeper(keeper);
        server.server().addBean(ids, true);
        server.start();
    }

    private String login(int seconds) throws Exception {
        return request("GET", "?seconds=" + seconds, "none");
    }

    private String request(String method, String query, String session) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/login" + query))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Cookie", "JSESSIONID=" + session)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private RawClient open(String session) throws IOException {
        return RawClient.open(server.port(), "/ws", "Cookie: JSESSIONID=" + session);
    }

    private static void echo(RawClient client) throws IOException {
        client.send(RawClient.text("hello"));
        assertEquals("hello", client.read().text());
    }

    @Test
    void theConnectionHasTheSessionOfItsHandshake() throws Exception {
        serve(SessionOptions.defaults());
        String id = login(60);
        try (RawClient client = open(id)) {
            echo(client);
            assertTrue(id.startsWith(seen.get(10, TimeUnit.SECONDS).getId()), id);
        }
    }

    @Test
    void aLogoutLeavesTheConnectionOpenByDefault() throws Exception {
        serve(SessionOptions.defaults());
        String id = login(60);
        try (RawClient client = open(id)) {
            echo(client);
            request("DELETE", "", id);
            echo(client);
        }
    }

    @Test
    void aLogoutClosesAllConnectionsOfTheSessionWith1008() throws Exception {
        serve(CLOSING);
        String id = login(60);
        String other = login(60);
        try (RawClient one = open(id);
                RawClient two = open(id);
                RawClient bystander = open(other);
                RawClient stranger = RawClient.open(server.port(), "/ws")) {
            echo(one);
            echo(two);
            echo(bystander);
            echo(stranger);
            request("DELETE", "", id);
            for (RawClient each : new RawClient[] {one, two}) {
                Frame close = each.read();
                assertEquals(1008, close.closeCode());
                assertEquals("the session has ended", close.closeReason());
            }
            echo(bystander);
            echo(stranger);
        }
    }

    @Test
    void aSessionThatExpiresClosesTheConnectionWithTheCodeOfChoice() throws Exception {
        serve(SessionOptions.defaults().withCloseCode(4401));
        String id = login(4);
        try (RawClient client = open(id)) {
            echo(client);
            assertEquals(4401, client.read().closeCode());
        }
    }

    /** Sends empty messages for more than twice as long as the session lives without a request. */
    @Test
    void messagesKeepTheSessionAliveIfTheOptionsSaySo() throws Exception {
        serve(CLOSING.withKeepAlive(true));
        String id = login(5);
        try (RawClient client = open(id)) {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < Duration.ofSeconds(12).toNanos()) {
                client.send(RawClient.text(""));
                assertEquals("", client.read().text());
                CompletableFuture<Void> pause = new CompletableFuture<>();
                pause.completeOnTimeout(null, 100, TimeUnit.MILLISECONDS).join();
            }
            long silent = System.nanoTime();
            assertEquals(1008, client.read().closeCode());
            assertTrue(System.nanoTime() - silent < Duration.ofSeconds(12).toNanos(), "and expires after them");
        }
    }
}
