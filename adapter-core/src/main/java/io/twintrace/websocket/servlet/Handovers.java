package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletContext;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Picks the hand-over for the container that the servlet runs in. */
final class Handovers {
    private Handovers() {}

    /**
     * Finds the one that supports the container, else the standard one.
     *
     * @throws IllegalStateException on a Jetty whose own route cannot be used: the standard one is broken there
     */
    static SocketHandover forContainer(ServletContext context) {
        Iterator<SocketHandover> found = ServiceLoader.load(SocketHandover.class, Handovers.class.getClassLoader())
                .iterator();
        boolean any = false;
        while (hasNext(found)) {
            SocketHandover handover = found.next();
            any = true;
            if (handover.supports(context)) {
                return handover;
            }
        }
        if (isJetty(context)) {
            throw new IllegalStateException(any ? hiddenClasses(context) : missingAdapter(context));
        }
        return new StandardHandover();
    }

    private static boolean hasNext(Iterator<SocketHandover> found) {
        try {
            return found.hasNext();
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException("a SocketHandover in META-INF/services cannot be loaded", e);
        }
    }

    private static boolean isJetty(ServletContext context) {
        String server = context.getServerInfo();
        return server != null && server.startsWith("jetty/");
    }

    private static String missingAdapter(ServletContext context) {
        return "this is " + context.getServerInfo()
                + ", which answers the first frame of an upgraded GET with 400 unless"
                + " the socket is taken Jetty's way: add io.twintrace:adapter-jetty to the application";
    }

    private static String hiddenClasses(ServletContext context) {
        return "this is " + context.getServerInfo()
                + ", and it hides its classes from the web application: add the file"
                + " WEB-INF/jetty-ee10-web.xml to the WAR, as docs/deploying.md shows it";
    }
}
