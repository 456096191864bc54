package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;

/** Filters before the upgrade servlet. Neither they nor the servlet are async-supported here. */
class FilterTest {
    @Test
    void wrappedRequestAndResponseDoNoHarm() throws Exception {
        Filter filter = (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request),
                new HttpServletResponseWrapper((HttpServletResponse) response));
        assertEchoes(filter);
    }

    @Test
    void headersOfAFilterTravelWithTheUpgrade() throws Exception {
        try (TestServer server = serve((request, response, chain) -> {
                    ((HttpServletResponse) response).setHeader("X-Content-Type-Options", "nosniff");
                    chain.doFilter(request, response);
                });
                RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws"));
            Response response = client.readResponse();
            assertEquals(101, response.status());
            assertTrue(response.head().contains("X-Content-Type-Options: nosniff"), response.head());
        }
    }

    @Test
    void committedResponseIsAnErrorThatNamesTheServlet() throws Exception {
        CompletableFuture<ServletException> thrown = new CompletableFuture<>();
        try (TestServer server = serve((request, response, chain) -> {
                    response.getWriter().print("first!");
                    response.flushBuffer();
                    try {
                        chain.doFilter(request, response);
                    } catch (ServletException e) {
                        thrown.complete(e);
                        throw e;
                    }
                });
                RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws;jsessionid=secret"));
            assertEquals(200, client.readResponse().status());
            client.awaitEnd();
            String message = thrown.get(5, TimeUnit.SECONDS).getMessage();
            assertTrue(
                    message.startsWith("the response is already committed, so /ws cannot be upgraded to a WebSocket"),
                    message);
        }
    }

    @Test
    void whatAFilterBuffersBeforeTheUpgradeIsDropped() throws Exception {
        assertEchoes((request, response, chain) -> {
            response.getWriter().print("a header for every page");
            chain.doFilter(request, response);
        });
    }

    /** Jetty logs the error, and there is no connection. */
    @Test
    void filterThatWritesAfterTheUpgradeEndsItAtOnceWithoutATrace() throws Exception {
        assertEndsWithoutATrace((request, response, chain) -> {
            chain.doFilter(request, response);
            response.getWriter().print("a footer for every page");
            response.flushBuffer();
        });
    }

    @Test
    void filterThatFailsAfterTheUpgradeLeavesNothingBehind() throws Exception {
        assertEndsWithoutATrace((request, response, chain) -> {
            chain.doFilter(request, response);
            throw new IllegalStateException("too late");
        });
    }

    /** The place of the failed connection is free again after the handshake timeout. */
    private static void assertEndsWithoutATrace(Filter filter) throws Exception {
        WebSocketOptions onlyOne = WebSocketOptions.builder()
                .maxConnections(1)
                .handshakeTimeout(Duration.ofMillis(100))
                .build();
        try (TestServer server = serve(filter, onlyOne)) {
            for (int i = 0; i < 3; i++) {
                Await.until("a free place", () -> handshakeThatEnds(server), status -> status == 101);
                Await.until("no handler to be left", TestThreads::handlers, List::isEmpty);
            }
        }
    }

    private static int handshakeThatEnds(TestServer server) throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws"));
            Response response = client.readResponse();
            if (response.status() == 101) {
                client.send(RawClient.close(1000));
                client.awaitEnd();
            }
            return response.status();
        }
    }

    private static void assertEchoes(Filter filter) throws Exception {
        try (TestServer server = serve(filter);
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("one"), RawClient.text("two"));
            assertEquals("one", client.read().text());
            assertEquals("two", client.read().text());
            client.send(RawClient.close(1000));
            assertEquals(1000, client.read().closeCode());
        }
    }

    private static TestServer serve(Filter filter) throws Exception {
        return serve(filter, WebSocketOptions.defaults());
    }

    private static TestServer serve(Filter filter, WebSocketOptions options) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", TestServer::echo, options);
        context.addFilter(new FilterHolder(filter), "/*", EnumSet.of(DispatcherType.REQUEST));
        return new TestServer(context).start();
    }
}
