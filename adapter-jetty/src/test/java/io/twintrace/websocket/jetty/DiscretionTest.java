package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.testkit.RawClient;
import io.twintrace.websocket.testkit.RawClient.Response;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CVE-2026-47893, Spring: the text of an exception contained request headers. Here no exception that a handler gets and
 * no line of the log contains anything that the peer has sent, whether in a header, in the query or in a message.
 */
class DiscretionTest {
    private static final int LIMIT = 1000;
    private static final int RSV1 = 0x40;
    private static final int RSV2 = 0x20;

    private static final String[] HEADERS = {
        "Cookie: session=canary",
        "Authorization: Bearer canary",
        "X-Api-Key: canary",
        "User-Agent: canary",
        "Sec-WebSocket-Protocol: canary",
        "Sec-WebSocket-Extensions: canary; canary=canary, permessage-deflate; canary, permessage-deflate"
    };

    /** A way in which a connection ends with an exception. */
    private static final class End {
        private final String name;
        private final byte[] sent;
        private final WebSocketHandler handler;

        private End(String name, byte[] sent, WebSocketHandler handler) {
            this.name = name;
            this.sent = sent;
            this.handler = handler;
        }

        /** The client causes it. */
        static End sending(String name, byte[]... sent) {
            return new End(name, RawClient.concat(sent), TestServer::echo);
        }

        /** The handler causes it. */
        static End handling(String name, WebSocketHandler handler) {
            return new End(name, RawClient.text("canary"), handler);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<End> ends() {
        return List.of(
                End.sending("text that is not UTF-8", RawClient.frame(RawClient.TEXT, canary("ff"))),
                End.sending("text cut inside a character", RawClient.frame(RawClient.TEXT, canary("e2 82"))),
                End.sending("too big", RawClient.text("canary".repeat(LIMIT))),
                End.sending("reserved opcode", RawClient.frame(3, canary(""))),
                End.sending("reserved bit", RawClient.frame(RSV2 | RawClient.TEXT, canary(""))),
                End.sending("vanished inside a frame", RawClient.frameHead(RawClient.TEXT, 100), canary("")),
                End.sending("close", close("0f a0", "")),
                new End(
                        "close that was answered",
                        RawClient.concat(RawClient.text(""), close("0f a0", "")),
                        connection -> {
                            connection.readMessage();
                            connection.beginClose(4000, "");
                            connection.readMessage();
                        }),
                End.sending("close code out of range", close("00 01", "")),
                End.sending("close reason that is not UTF-8", close("03 e8", "ff")),
                End.sending("not DEFLATE data", deflated(hex("00 06 00 f9 ff"), canary("ff ff"))),
                End.sending("DEFLATE data cut short", deflated(hex("00 20 00 df ff"), canary(""))),
                End.sending(
                        "too big once inflated",
                        deflated(hex("00 d8 09 27 f6"), RawClient.ascii("canary".repeat(420)), hex("00"))),
                End.handling("not JSON of that type", connection -> connection.readJson(Integer.class)),
                End.handling("handler throws", connection -> {
                    connection.readMessage();
                    throw new IllegalStateException("the handler's own");
                }),
                End.handling("text to send is not UTF-8", connection -> {
                    byte[] read = connection.readMessage().payload();
                    connection.writeMessage(MessageType.TEXT, RawClient.concat(read, hex("ff")));
                }),
                End.handling("write after close", connection -> {
                    String read = connection.readMessage().text();
                    connection.beginClose(4000, read);
                    connection.writeMessage(read);
                }),
                End.handling("concurrent write", connection -> {
                    String read = connection.readMessage().text();
                    connection.nextWriter(MessageType.TEXT).write(read);
                    Thread other = new Thread(() -> writeElsewhere(connection, read), "other-writer");
                    other.start();
                    other.join();
                    connection.writeMessage(read);
                }));
    }

    private static byte[] close(String code, String more) {
        return RawClient.frame(RawClient.CLOSE, RawClient.concat(hex(code), canary(more)));
    }

    private static byte[] deflated(byte[]... data) {
        return RawClient.frame(RSV1 | RawClient.TEXT, RawClient.concat(data));
    }

    private static byte[] hex(String spaced) {
        return HexFormat.of().parseHex(spaced.replace(" ", ""));
    }

    /** The secret word, and the reason why the message is wrong. */
    private static byte[] canary(String more) {
        return RawClient.concat(RawClient.ascii("canary"), hex(more));
    }

    private static void writeElsewhere(BlockingConnection connection, String text) {
        try {
            connection.writeMessage(text);
        } catch (Exception e) {
            // The handler's thread gets one as well.
        }
    }

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private void handle(End end, BlockingConnection connection) throws Exception {
        try {
            end.handler.handle(connection);
        } catch (Throwable t) {
            StringWriter all = new StringWriter();
            t.printStackTrace(new PrintWriter(all, true));
            told.add(all.toString() + connection + connection.request());
            throw t;
        }
    }

    private static WebSocketOptions options() {
        return WebSocketOptions.builder()
                .readLimit(LIMIT)
                .subprotocols(List.of("canary"))
                .deflate(DeflateOptions.on())
                .build();
    }

    /** CVE-2026-47893, Spring: the text of an exception contained request headers. */
    @ParameterizedTest
    @MethodSource("ends")
    void nothingOfThePeersIsInTheExceptionOrTheLog(End end) throws Exception {
        try (TestServer server = TestServer.serving(connection -> handle(end, connection), options());
                RawClient client = RawClient.open(server.port(), "/ws?token=canary", HEADERS)) {
            client.send(end.sent);
            client.shutdownOutput();
            String exception = told.poll(15, TimeUnit.SECONDS);
            assertNotNull(exception, "no exception");
            server.log().await("WebSocket connection");
            client.awaitEnd();
            assertSilent(exception);
            assertSilent(server.log().text());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Extensions: canary; =",
                "Sec-WebSocket-Protocol: canary canary",
                "Sec-WebSocket-Key: canary",
                "Sec-WebSocket-Version: canary",
                "Content-Length: canary"
            })
    void aRefusalSaysNothingOfTheRequest(String header) throws Exception {
        try (TestServer server = TestServer.serving(TestServer::echo, options());
                RawClient client = RawClient.connect(server.port())) {
            client.send(RawClient.handshake("/ws?token=canary", "Cookie: canary", header));
            Response response = client.readResponse();
            assertNotEquals(101, response.status());
            assertSilent(response.head());
            assertSilent(server.log().text());
        }
    }

    /** CVE-2026-47893 again: the log shows the two headers that an operator must compare, and nothing else. */
    @Test
    void ofARefusedOriginTheLogSaysOnlyOriginAndHost() throws Exception {
        try (TestServer server = TestServer.serving(TestServer::echo, options());
                RawClient client = RawClient.connect(server.port())) {
            client.send(
                    RawClient.handshake("/ws;a=canary?token=canary", concat(HEADERS, "Origin: https://other.example")));
            Response response = client.readResponse();
            assertEquals(403, response.status());
            assertSilent(response.head());
            server.log().await("https://other.example");
            assertSilent(server.log().text());
        }
    }

    private static String[] concat(String[] headers, String header) {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = header;
        return all;
    }

    /** Proves that the tests above look at the right log. */
    @Test
    void anApplicationMayStillTellWhatItLikes() throws Exception {
        WebSocketHandler indiscreet = connection -> {
            throw new IllegalStateException(connection.readMessage().text());
        };
        try (TestServer server = TestServer.serving(indiscreet);
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("canary"));
            server.log().await("canary");
            assertTrue(server.log().text().contains("IllegalStateException"));
        }
    }

    private static void assertSilent(String text) {
        assertFalse(text.toLowerCase(Locale.ROOT).contains("canary"), text);
    }
}
