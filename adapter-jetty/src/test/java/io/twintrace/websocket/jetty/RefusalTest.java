package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that do not become a WebSocket get an answer at once. */
class RefusalTest {
    private static final String HEADERS = String.join(
            "\r\n",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "");

    private TestServer server;

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void plainGetIsToldWhatThisIs() throws Exception {
        assertRefused(400, "GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    @Test
    void plainGetOfHttp10IsToldTheVersion() throws Exception {
        assertRefused(400, "GET /ws HTTP/1.0\r\n\r\n");
    }

    @Test
    void upgradeOfHttp10IsToldTheVersion() throws Exception {
        assertRefused(400, "GET /ws HTTP/1.0\r\n" + HEADERS + "\r\n");
    }

    @Test
    void postWithUpgradeHeadersIsToldTheMethod() throws Exception {
        Response response = assertRefused(405, "POST /ws HTTP/1.1\r\n" + HEADERS + "Content-Length: 2\r\n\r\nhi");
        assertTrue(response.head().contains("Allow: GET"), response.head());
    }

    @Test
    void plainPostIsToldTheMethodAndNotOfHeaders() throws Exception {
        Response response = assertRefused(405, "POST /ws HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
        assertTrue(response.head().contains("Allow: GET"), response.head());
    }

    @Test
    void postWhoseBodyNeverComesIsToldTheMethodToo() throws Exception {
        assertRefused(405, "POST /ws HTTP/1.1\r\n" + HEADERS + "Content-Length: 1000000\r\n\r\n");
    }

    @Test
    void oldVersionIsToldWhichOneIsSpoken() throws Exception {
        Response response =
                assertRefused(426, "GET /ws HTTP/1.1\r\n" + HEADERS.replace("Version: 13", "Version: 8") + "\r\n");
        assertTrue(response.head().contains("Sec-WebSocket-Version: 13"), response.head());
    }

    @Test
    void connectionIsOfUseAfterARefusal() throws Exception {
        server = TestServer.serving(TestServer::echo);
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.ascii("HEAD /ws HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            assertEquals(405, client.readResponse().status());
            client.upgrade("/ws");
            client.send(RawClient.text("after all"));
            assertEquals("after all", client.read().text());
        }
    }

    @Test
    void oneConnectionTooManyIsRefusedUntilAnotherHasEnded() throws Exception {
        server = TestServer.serving(
                TestServer::echo, WebSocketOptions.builder().maxConnections(2).build());
        try (RawClient first = server.rawClient();
                RawClient second = server.rawClient()) {
            assertEquals(503, handshakeStatus());
            assertTrue(
                    server.log().text().contains("2 connections are open"),
                    server.log().text());
            second.reset();
            Await.until("a free place", this::handshakeStatus, status -> status == 101);
            first.send(RawClient.text("undisturbed"));
            assertEquals("undisturbed", first.read().text());
        }
    }

    /** A refusal must not use up a place. */
    @Test
    void refusedHandshakesDoNotCountAsConnections() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        server = TestServer.serving(
                connection -> {
                    handled.incrementAndGet();
                    TestServer.echo(connection);
                },
                WebSocketOptions.builder().maxConnections(1).build());
        for (int i = 0; i < 5; i++) {
            try (RawClient client = RawClient.connect(server.port())) {
                client.send(RawClient.handshake("/ws", "Origin: https://evil.example"));
                assertEquals(403, client.readResponse().status());
            }
        }
        assertEquals(101, handshakeStatus());
        Await.until("the handler", handled::get, n -> n == 1);
    }

    // ---- In the log, since a browser shows neither the status nor the text -----------------------------------------

    @Test
    void anotherOriginIsInTheLogBesideTheHost() throws Exception {
        server = TestServer.serving(TestServer::echo);
        for (int i = 0; i < 50; i++) {
            try (RawClient client = RawClient.connect(server.port())) {
                client.send(
                        RawClient.handshake("/ws?token=secret", "Origin: https://www.example.org", "Cookie: secret"));
                assertEquals(403, client.readResponse().status());
            }
        }
        server.log()
                .await("servlet \"/ws\": WebSocket handshake for /ws refused with 403: the origin is"
                        + " \"https://www.example.org\" and the Host header \"localhost\"");
        String log = server.log().text();
        assertEquals(log.indexOf("refused with"), log.lastIndexOf("refused with"), "one line is enough");
        assertFalse(log.contains("secret"), log);
    }

    @Test
    void whatAProxyHasTakenAwayIsInTheLog() throws Exception {
        assertRefused(
                400,
                "GET /ws HTTP/1.1\r\n" + HEADERS.replace("Upgrade: websocket\r\nConnection: Upgrade\r\n", "") + "\r\n");
        server.log().await("refused with 400: this is a WebSocket endpoint: the Connection header lacks \"Upgrade\"");
    }

    /** RFC 8441: a browser with an HTTP/2 connection may request its WebSocket there. */
    @Test
    void connectOverHttp2IsToldOfHttp2() throws Exception {
        server = TestServer.of(TestServer::echo, WebSocketOptions.defaults());
        ServerConnector connector =
                new ServerConnector(server.server(), new HTTP2CServerConnectionFactory(new HttpConfiguration()));
        server.server().addConnector(connector);
        server.start();
        try (Http2Client client = new Http2Client(connector.getLocalPort())) {
            client.request(
                    ":method", "CONNECT",
                    ":protocol", "websocket",
                    ":scheme", "http",
                    ":authority", "localhost",
                    ":path", "/ws",
                    "sec-websocket-version", "13");
            String text = client.readText();
            assertTrue(text.contains("WebSockets over HTTP/2 and HTTP/3 are not supported"), text);
            assertFalse(text.contains("Connection"), text);
        }
        server.log().await("refused with 501: WebSockets over HTTP/2 and HTTP/3 are not supported");
    }

    private int handshakeStatus() throws IOException {
        try (RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws"));
            return client.readResponse().status();
        }
    }

    private Response assertRefused(int status, String request) throws Exception {
        server = TestServer.serving(TestServer::echo);
        try (RawClient client = RawClient.connect(server.port())) {
            long begin = System.nanoTime();
            client.send(RawClient.ascii(request));
            Response response = client.readResponse();
            assertEquals(status, response.status(), response.head());
            assertTrue(System.nanoTime() - begin < 10e9, "the answer took more than 10 s");
            return response;
        }
    }
}
