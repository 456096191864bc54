package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletInputStream;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;

/**
 * Has Tomcat look at an upgraded connection, through classes that the Servlet API does not know. Two things need it:
 *
 * <ul>
 *   <li>{@code WebConnection.close()} only marks the connection; its socket is closed at the next event, which a silent
 *       peer never causes.
 *   <li>A {@code ReadListener} that leaves input unread is called again when more of it arrives, but not for what Tomcat
 *       has buffered.
 * </ul>
 */
final class TomcatSocket {
    private static final String STREAM = "org.apache.coyote.http11.upgrade.UpgradeServletInputStream";

    private final Object socket;
    private final Method processSocket;
    private final Object read;
    private final Object stop;

    private TomcatSocket(ServletInputStream in) throws ReflectiveOperationException {
        Field field = in.getClass().getDeclaredField("socketWrapper");
        field.setAccessible(true);
        ClassLoader tomcat = in.getClass().getClassLoader();
        Class<?> event = Class.forName("org.apache.tomcat.util.net.SocketEvent", true, tomcat);
        this.socket = field.get(in);
        this.processSocket = Class.forName("org.apache.tomcat.util.net.SocketWrapperBase", true, tomcat)
                .getMethod("processSocket", event, boolean.class);
        this.read = event.getField("OPEN_READ").get(null);
        this.stop = event.getField("STOP").get(null);
    }

    /** The socket under a stream; null where the container is another one, or a Tomcat that has changed. */
    static TomcatSocket of(ServletInputStream in) {
        if (!in.getClass().getName().equals(STREAM)) {
            return null;
        }
        try {
            return new TomcatSocket(in);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            return null;
        }
    }

    /** Has the ReadListener called on one of Tomcat's threads, if there is input. */
    void processRead() {
        process(read);
    }

    /** Has the socket closed, as Tomcat does when it stops. */
    void processClose() {
        process(stop);
    }

    private void process(Object event) {
        try {
            processSocket.invoke(socket, event, true);
        } catch (ReflectiveOperationException e) {
            // The connection is gone already.
        }
    }
}
