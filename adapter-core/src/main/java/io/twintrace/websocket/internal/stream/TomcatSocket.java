package io.twintrace.websocket.internal.stream;

import io.twintrace.websocket.internal.io.DeadlineTimer;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.WebConnection;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Makes Tomcat attend to an upgraded connection, through classes outside the Servlet API, for two reasons:
 *
 * <ul>
 *   <li>{@code WebConnection.close()} only marks the connection. Tomcat closes its socket at the next event, which a
 *       silent peer never causes.
 *   <li>Tomcat calls a {@code ReadListener} again for unread input in the socket, but not for input in its own buffer.
 *       No other thread must read instead: it would race with Tomcat for that buffer.
 * </ul>
 */
final class TomcatSocket implements ContainerSocket {
    private static final String STREAM = "org.apache.coyote.http11.upgrade.UpgradeServletInputStream";

    /** How many times to ask Tomcat, once a second, to close a socket while it has no thread for that. */
    private static final int MAX_STOPS = 60;

    /** From the last connection. There is usually one Tomcat. */
    private static volatile Tomcat lastTomcat;

    private final WebConnection connection;
    private final Object endpoint;
    private final Object socket;
    private final Tomcat tomcat;
    private int stopsLeft = MAX_STOPS;

    TomcatSocket(WebConnection connection, Object endpoint, Object socket, Tomcat tomcat) {
        this.connection = connection;
        this.endpoint = endpoint;
        this.socket = socket;
        this.tomcat = tomcat;
    }

    /**
     * The members of Tomcat's classes that this class uses.
     *
     * @param processSocket the endpoint's method; the socket's own does not tell whether Tomcat had a thread
     */
    record Tomcat(
            Class<?> stream, Field socketWrapper, Field endpoint, Method processSocket, Object read, Object stop) {
        private static Tomcat of(Class<?> stream) throws ReflectiveOperationException {
            Tomcat last = lastTomcat;
            if (last != null && last.stream == stream) {
                return last;
            }
            Field socketWrapper = accessible(stream, "socketWrapper");
            ClassLoader loader = stream.getClassLoader();
            Class<?> socket = Class.forName("org.apache.tomcat.util.net.SocketWrapperBase", true, loader);
            Field endpoint = accessible(socket, "endpoint");
            Class<?> event = Class.forName("org.apache.tomcat.util.net.SocketEvent", true, loader);
            Method processSocket = Class.forName("org.apache.tomcat.util.net.AbstractEndpoint", true, loader)
                    .getMethod("processSocket", socket, event, boolean.class);
            Object read = event.getField("OPEN_READ").get(null);
            Object stop = event.getField("STOP").get(null);
            lastTomcat = new Tomcat(stream, socketWrapper, endpoint, processSocket, read, stop);
            return lastTomcat;
        }

        private static Field accessible(Class<?> owner, String name) throws NoSuchFieldException {
            Field field = owner.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        }
    }

    /** Returns whether a stream of an upgraded connection is Tomcat's. */
    static boolean isTomcat(ServletInputStream in) {
        return in.getClass().getName().equals(STREAM);
    }

    /** Returns the socket of a stream. If this Tomcat has changed, logs that and returns a limited socket. */
    static ContainerSocket of(WebConnection connection, ServletInputStream in, Consumer<String> log) {
        try {
            Tomcat tomcat = Tomcat.of(in.getClass());
            Object socket = tomcat.socketWrapper().get(in);
            return new TomcatSocket(connection, tomcat.endpoint().get(socket), socket, tomcat);
        } catch (ReflectiveOperationException | RuntimeException e) {
            log.accept("cannot access the sockets of this Tomcat (" + e + "). WebSockets work, with two limits: a"
                    + " connection that the server closes keeps its socket until the client sends or disconnects,"
                    + " and a connection that the application does not read holds one of Tomcat's threads until"
                    + " the application reads. Use a version of Tomcat that docs/deploying.md lists");
            return new StandardSocket(connection, new TomcatPause(false)) {
                @Override
                public void streamFailed() {
                    markClosed(connection);
                }
            };
        }
    }

    @Override
    public Pause pause() {
        return new TomcatPause(true);
    }

    /** No limit: the thread belongs to Tomcat's pool and serves no other connection meanwhile. */
    @Override
    public int maxTurnBytes() {
        return Integer.MAX_VALUE;
    }

    /** Makes Tomcat call the ReadListener on one of its threads, if there is input. */
    @Override
    public void resumeReading(Runnable reading) {
        if (!process(tomcat.read())) {
            throw new RejectedExecutionException("Tomcat has no free thread for reading");
        }
    }

    /** Tomcat copies the bytes that it cannot write at once. */
    @Override
    public boolean writesFromSharedArrays() {
        return true;
    }

    @Override
    public void sendHandshake(StreamOutput output) {
        // Tomcat has sent it before it provided the streams.
    }

    @Override
    public void streamFailed() {
        markClosed(connection);
    }

    /**
     * Has Tomcat close the socket when its call returns. Without that, it would wait for input: if the peer has left,
     * the end of the input is always there, and Tomcat's threads would call the ReadListener for ever.
     */
    private static void markClosed(WebConnection connection) {
        try {
            connection.close();
        } catch (Exception e) {
            // The connection is of no use any more, and is closed once the application learns that.
        }
    }

    @Override
    public void close() throws Exception {
        try {
            connection.close();
        } finally {
            stop(); // as Tomcat does when it stops
        }
    }

    private void stop() {
        boolean passedOn = false;
        try {
            passedOn = process(tomcat.stop());
        } catch (IllegalStateException e) {
            // Tomcat has no thread, or the connection is gone already.
        }
        if (!passedOn && --stopsLeft > 0) {
            DeadlineTimer.again(this::stop);
        }
    }

    /** Returns whether a thread of Tomcat's takes the event. */
    private boolean process(Object event) {
        try {
            return (boolean) tomcat.processSocket().invoke(endpoint, socket, event, true);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("Tomcat failed to start a thread", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("the method was public before", e);
        }
    }
}
