package io.twintrace.sample.launch;

import io.twintrace.websocket.jetty.HandshakeDeadline;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.Graceful;

/** An embedded Jetty that deploys the WAR at the root path. */
public final class JettyServer {
    /** Long enough for the close handshake of every connection. */
    private static final long STOP_MILLIS = 7_000;

    /** What is left of the process is soon done once the connections have ended. */
    private static final long REST_MILLIS = 1_000;

    private JettyServer() {}

    /**
     * Starts the server and runs until the process ends.
     *
     * @param deflate whether /echo may compress
     * @param redis joins the rooms of all nodes; null for none
     * @param delete the shutdown hook that deletes {@code work}, which is needed until the server has stopped
     */
    public static void run(Path war, Path work, int port, boolean deflate, String redis, Thread delete)
            throws Exception {
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
        if (redis != null) {
            context.setInitParameter("redis", redis);
        }
        server.setHandler(context);

        server.setStopTimeout(REST_MILLIS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, context, delete), "stop"));
        Runtime.getRuntime().removeShutdownHook(delete);
        server.start();
        System.out.println("Twintrace sample: http://localhost:" + connector.getLocalPort() + "/");
        server.join();
    }

    /**
     * Stops as an operator wants it, who sends SIGTERM and starts the next server. The application's connections close
     * first, while the port is still open, so that new handshakes get 503 with Retry-After. A graceful stop of the
     * whole server would close the port first.
     */
    private static void stop(Server server, WebAppContext context, Thread delete) {
        System.out.println("Twintrace sample: stopping");
        try {
            Graceful.shutdown(context).get(STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            System.err.println("the connections have not all ended: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            server.stop();
            System.out.println("Twintrace sample: stopped");
        } catch (Exception e) {
            System.err.println("the server has not stopped in order: " + e);
        }
        delete.start();
        try {
            delete.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
