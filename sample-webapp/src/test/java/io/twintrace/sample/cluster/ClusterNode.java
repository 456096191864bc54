package io.twintrace.sample.cluster;

import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.redis.RedisBackplane;
import io.twintrace.websocket.redis.RedisOptions;
import io.twintrace.websocket.room.Room;
import io.twintrace.websocket.room.Rooms;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.Graceful;

/** A program that is one node of a cluster: an embedded Jetty with a room over Redis. SIGTERM stops it in good order. */
final class ClusterNode {
    /** The health check of docs/operations.md asks for this path. */
    static final String HANDLERS = "/chat";

    static final String LISTENER = "/chat/push";
    static final String READY = "cluster node listens on port ";

    private static final long STOP_MILLIS = 7_000;
    private static final int MAX_OUTBOX_BYTES = 64 << 20;

    private final Server server = new Server();
    private final ServletContextHandler context = new ServletContextHandler("/");
    private final String redis;
    private final int history;

    /** Null before the application has started. */
    private volatile Room room;

    private ClusterNode(String redis, int history) {
        this.redis = redis;
        this.history = history;
    }

    /**
     * Runs until the process is told to end.
     *
     * @param args the port, 0 for any; the URI of Redis; how many messages the room keeps
     */
    public static void main(String[] args) throws Exception {
        new ClusterNode(args[1], Integer.parseInt(args[2])).run(Integer.parseInt(args[0]));
    }

    private void run(int port) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setPort(port);
        connector.setAcceptQueueSize(1024); // all members may come at once
        server.addConnector(connector);
        context.addEventListener(new AllRooms());
        JettyWebSockets.add(context, HANDLERS, NewsRoom.handler(() -> room), options());
        JettyWebSockets.add(context, LISTENER, NewsRoom.listener(() -> room), options());
        server.setHandler(context);
        server.setStopTimeout(1_000);
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "stop"));
        server.start();
        System.out.println(READY + connector.getLocalPort());
        server.join();
    }

    /** A member that comes back may be owed the whole history. */
    private WebSocketOptions options() {
        return WebSocketOptions.builder()
                .outbox(new OutboxOptions(history + 1000, MAX_OUTBOX_BYTES, WhenFull.closePeer()))
                .retryAfter(Duration.ofSeconds(1))
                .pingInterval(Duration.ofSeconds(30)) // for the proxies of docs/operations.md
                .build();
    }

    /** As the sample's launcher does: connections first, while the port is open. */
    private void stop() {
        try {
            Graceful.shutdown(context).get(STOP_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            System.err.println("the connections have not all ended: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            server.stop();
        } catch (Exception e) {
            System.err.println("the server has not stopped in order: " + e);
        }
    }

    /** The rooms of this application, as in docs/rooms.md. */
    private final class AllRooms implements ServletContextListener {
        private Rooms rooms;

        @Override
        public void contextInitialized(ServletContextEvent event) {
            RedisOptions options =
                    RedisOptions.defaults().withStreamLength(2 * history).withMaxBackoff(Duration.ofMillis(500));
            rooms = Rooms.over(RedisBackplane.connect(redis, options));
            room = NewsRoom.open(rooms, history);
        }

        @Override
        public void contextDestroyed(ServletContextEvent event) {
            rooms.close();
        }
    }
}
