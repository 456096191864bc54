package io.twintrace.websocket.jetty;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.testkit.JdkClient;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.net.URI;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** An embedded Jetty on a port that the system chooses. */
public final class TestServer implements AutoCloseable {
    private final Server server;
    private final ServerConnector connector;
    private final ServletContextHandler context;
    private final CapturedLog log = new CapturedLog();

    /** A server that is not started yet, so that tests can configure it. */
    public TestServer(ServletContextHandler context) {
        this.server = new Server();
        this.connector = new ServerConnector(server, 1, 1);
        this.context = context;
        context.setLogger(log);
        server.addConnector(connector);
        server.setHandler(context);
    }

    /** Serves one handler on /ws; not started yet. */
    public static TestServer of(WebSocketHandler handler, WebSocketOptions options) {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", handler, options);
        return new TestServer(context);
    }

    /** Serves one listener on /ws; not started yet. */
    public static TestServer of(WebSocketListener listener, WebSocketOptions options) {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", listener, options);
        return new TestServer(context);
    }

    /** Serves one listener on /ws. */
    public static TestServer serving(WebSocketListener listener, WebSocketOptions options) throws Exception {
        return of(listener, options).start();
    }

    /** Serves one handler on /ws. */
    public static TestServer serving(WebSocketHandler handler) throws Exception {
        return serving(handler, WebSocketOptions.defaults());
    }

    /** Serves one handler on /ws. */
    public static TestServer serving(WebSocketHandler handler, WebSocketOptions options) throws Exception {
        return of(handler, options).start();
    }

    public TestServer start() throws Exception {
        server.start();
        return this;
    }

    public static void echo(BlockingConnection connection) throws Exception {
        for (Message m; (m = connection.readMessage()) != null; ) {
            connection.writeMessage(m.type(), m.payload());
        }
    }

    public Server server() {
        return server;
    }

    public ServerConnector connector() {
        return connector;
    }

    public ServletContextHandler context() {
        return context;
    }

    CapturedLog log() {
        return log;
    }

    public int port() {
        return connector.getLocalPort();
    }

    public URI uri() {
        return URI.create("ws://localhost:" + port() + "/ws");
    }

    /** A proper client on /ws. */
    public JdkClient client() throws Exception {
        return JdkClient.open(uri());
    }

    /** A raw client on /ws. */
    public RawClient rawClient() throws IOException {
        return RawClient.open(port(), "/ws");
    }

    public void stop() throws Exception {
        server.stop();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new AssertionError("the server did not stop", e);
        }
    }
}
