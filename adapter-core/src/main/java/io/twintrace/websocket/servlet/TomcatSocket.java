package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.WebConnection;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.function.Consumer;

/**
 * Has Tomcat look at an upgraded connection, through classes that the Servlet API does not know. Two things need it:
 *
 * <ul>
 *   <li>{@code WebConnection.close()} only marks the connection; its socket is closed at the next event, which a silent
 *       peer never causes.
 *   <li>A {@code ReadListener} that leaves input unread is called again when more of it arrives, but not for what Tomcat
 *       has buffered. Another thread must not read in its place: it would race with Tomcat over the socket's buffer.
 * </ul>
 */
final class TomcatSocket implements ContainerSocket {
    private static final String STREAM = "org.apache.coyote.http11.upgrade.UpgradeServletInputStream";

    private final WebConnection connection;
    private final Object socket;
    private final Method processSocket;
    private final Object read;
    private final Object stop;

    private TomcatSocket(WebConnection connection, ServletInputStream in) throws ReflectiveOperationException {
        Field field = in.getClass().getDeclaredField("socketWrapper");
        field.setAccessible(true);
        ClassLoader tomcat = in.getClass().getClassLoader();
        Class<?> event = Class.forName("org.apache.tomcat.util.net.SocketEvent", true, tomcat);
        this.connection = connection;
        this.socket = field.get(in);
        this.processSocket = Class.forName("org.apache.tomcat.util.net.SocketWrapperBase", true, tomcat)
                .getMethod("processSocket", event, boolean.class);
        this.read = event.getField("OPEN_READ").get(null);
        this.stop = event.getField("STOP").get(null);
    }

    /** Whether a stream of an upgraded connection is Tomcat's. */
    static boolean isTomcat(ServletInputStream in) {
        return in.getClass().getName().equals(STREAM);
    }

    /** The socket under a stream of Tomcat's; a poor one, and a message in the log, if this Tomcat has changed. */
    static ContainerSocket of(WebConnection connection, ServletInputStream in, Consumer<String> log) {
        try {
            return new TomcatSocket(connection, in);
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.accept("the sockets of this Tomcat cannot be reached (" + e + "). WebSockets work, with two limits: a"
                    + " connection that the server closes keeps its socket until the client sends or disconnects,"
                    + " and a connection that the application does not read holds one of Tomcat's threads until it"
                    + " does. Use a version of Tomcat that docs/deploying.md names");
            return new StandardSocket(connection, new TomcatPause(false));
        }
    }

    @Override
    public Pause pause() {
        return new TomcatPause(true);
    }

    /** Unbounded: this thread is one of Tomcat's pool, and serves no other connection meanwhile. */
    @Override
    public int maxTurnBytes() {
        return Integer.MAX_VALUE;
    }

    /** Has Tomcat call the ReadListener on one of its threads, if there is input. */
    @Override
    public void resumeReading(Runnable reading) {
        process(read);
    }

    /** What it cannot write at once it copies. */
    @Override
    public boolean writesFromSharedArrays() {
        return true;
    }

    @Override
    public void sendHandshake(StreamOutput output) {
        // It was sent before the streams were given.
    }

    @Override
    public void close() throws Exception {
        try {
            connection.close();
        } finally {
            process(stop); // as Tomcat does when it stops
        }
    }

    private void process(Object event) {
        try {
            processSocket.invoke(socket, event, true);
        } catch (ReflectiveOperationException e) {
            // The connection is gone already.
        }
    }
}
