package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Embedded Jetty, with the JDK's WebSocket client on the other end. */
class EmbeddedJettyTest {
    private static final WebSocketHandler ECHO = EmbeddedJettyTest::echo;

    private final Server server = new Server();

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void textComesBack() throws Exception {
        int port = serve(ECHO);
        CompletableFuture<String> answer = new CompletableFuture<>();
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        WebSocket client = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + port + "/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                        answer.complete(data.toString());
                        webSocket.request(1);
                        return null;
                    }

                    @Override
                    public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
                        closed.complete(statusCode);
                        return null;
                    }
                })
                .get(5, TimeUnit.SECONDS);
        client.sendText("grüß dich", true).get(5, TimeUnit.SECONDS);
        assertEquals("grüß dich", answer.get(5, TimeUnit.SECONDS));
        client.sendClose(1000, "").get(5, TimeUnit.SECONDS);
        assertEquals(1000, closed.get(5, TimeUnit.SECONDS));
    }

    private int serve(WebSocketHandler handler) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", handler);
        server.setHandler(context);
        server.start();
        return connector.getLocalPort();
    }

    private static void echo(WebSocketConnection connection) throws Exception {
        for (Message m; (m = connection.readMessage()) != null; ) {
            connection.writeMessage(m.type(), m.payload());
        }
    }
}
