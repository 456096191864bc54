package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/** Twintrace, embedded in Jetty. */
record TwintraceServer(TwintraceFace face) implements TestServer {
    /** Takes the message limit and a face. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new TwintraceServer(TwintraceFace.valueOf(args[1])));
    }

    @Override
    public int start(int messageLimit) throws Exception {
        Server server = JettyConnector.newServer();
        ServletContextHandler context = new ServletContextHandler("/");
        WebSocketOptions options = TwintraceFace.options(messageLimit);
        context.addServlet(startedFirst(face.echo(options)), "/echo");
        context.addServlet(startedFirst(face.broadcast(options)), "/broadcast");
        return JettyConnector.start(server, context);
    }

    private static ServletHolder startedFirst(UpgradeServlet servlet) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setInitOrder(0); // before the first handshake, as JettyWebSockets does it
        return holder;
    }
}
