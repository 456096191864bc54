package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletInputStream;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;

/**
 * Makes Tomcat act upon a closed connection. {@code WebConnection.close()} only marks it there: the socket is closed at its
 * next event, which a silent peer never causes. So the socket is sent the event that Tomcat itself sends when it stops,
 * through classes that the Servlet API does not know. Elsewhere, and should Tomcat change, this does nothing.
 */
final class TomcatSocket {
    private static final String STREAM = "org.apache.coyote.http11.upgrade.UpgradeServletInputStream";

    private TomcatSocket() {}

    static void processClose(ServletInputStream in) {
        if (!in.getClass().getName().equals(STREAM)) {
            return;
        }
        try {
            Field field = in.getClass().getDeclaredField("socketWrapper");
            field.setAccessible(true);
            Object socket = field.get(in);
            ClassLoader tomcat = in.getClass().getClassLoader();
            Class<?> event = Class.forName("org.apache.tomcat.util.net.SocketEvent", true, tomcat);
            Object stop = event.getField("STOP").get(null);
            Class.forName("org.apache.tomcat.util.net.SocketWrapperBase", true, tomcat)
                    .getMethod("processSocket", event, boolean.class)
                    .invoke(socket, stop, true);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            // Then the socket is closed once the peer sends something or goes away.
        }
    }
}
