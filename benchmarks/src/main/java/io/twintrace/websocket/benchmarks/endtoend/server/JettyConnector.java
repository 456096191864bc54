package io.twintrace.websocket.benchmarks.endtoend.server;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.compression.DeflaterPool;

/** Code that the three servers on Jetty share. */
final class JettyConnector {
    private static final int DEFLATERS = 1024;

    /** Bytes that the system keeps for a peer that does not read: 2.6 MB over loopback, if {@code send-buffer} is not set. */
    private static final int SEND_BUFFER = Integer.getInteger("send-buffer", -1);

    /** Threads that select; as many as Jetty thinks right if not set. */
    private static final int SELECTORS = Integer.getInteger("selectors", -1);

    private JettyConnector() {}

    /** Creates a server with Jetty's default thread pool and acceptors. */
    static Server newServer() {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, -1, SELECTORS);
        connector.setHost("127.0.0.1");
        connector.setAcceptQueueSize(TestServer.ACCEPT_QUEUE);
        connector.setAcceptedSendBufferSize(SEND_BUFFER);
        server.addConnector(connector);
        server.addBean(new DeflaterPool(DEFLATERS, TestServer.PEERS_DEFLATE_LEVEL, true));
        return server;
    }

    static int start(Server server, Handler handler) throws Exception {
        server.setHandler(handler);
        server.start();
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }
}
