package io.twintrace.sample.launch;

import io.twintrace.websocket.jetty.HandshakeDeadline;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** An embedded Jetty that deploys the WAR at the root path. */
public final class JettyServer {
    private static final long STOP_MILLIS = 7_000;

    private JettyServer() {}

    /**
     * Starts the server and runs until the process ends.
     *
     * @param deflate whether /echo may compress
     */
    public static void run(Path war, Path work, int port, boolean deflate) throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setPort(port);
        HandshakeDeadline.set(connector, Duration.ofSeconds(10));
        server.addConnector(connector);
        listen(connector);

        WebAppContext context = new WebAppContext(war.toString(), "/");
        context.setTempDirectory(work.resolve("webapp").toFile());
        context.setThrowUnavailableOnStartupException(true);
        if (deflate) {
            context.addOverrideDescriptor("/WEB-INF/deflate-web.xml");
        }
        server.setHandler(context);

        // Long enough for the close handshake of every connection.
        server.setStopTimeout(STOP_MILLIS);
        server.setStopAtShutdown(true);
        server.start();
        System.out.println("Twintrace sample: http://localhost:" + connector.getLocalPort() + "/");
        server.join();
    }

    /**
     * Opens the port before anything is deployed. If that fails, prints one line instead of a stack trace and exits.
     */
    private static void listen(ServerConnector connector) {
        try {
            connector.open();
        } catch (IOException e) {
            Throwable why = e.getCause() != null ? e.getCause() : e;
            String problem = why instanceof BindException ? "is in use" : "cannot be opened: " + why.getMessage();
            System.err.println("port " + connector.getPort() + " " + problem + "; choose another with --port");
            System.exit(1);
        }
    }
}
