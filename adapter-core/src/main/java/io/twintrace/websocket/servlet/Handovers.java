package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletContext;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Chooses the hand-over for the servlet's container. */
final class Handovers {
    private static final Pattern JETTY_ENVIRONMENT = Pattern.compile("org\\.eclipse\\.jetty\\.(ee\\d+)\\.");

    private Handovers() {}

    /**
     * Returns the hand-over that supports the container, else the standard one.
     *
     * @throws IllegalStateException on a Jetty whose own hand-over cannot be used; the standard one is broken there
     */
    static SocketHandover forContainer(ServletContext context) {
        return forContainer(context, Handovers.class.getClassLoader());
    }

    static SocketHandover forContainer(ServletContext context, ClassLoader loader) {
        Iterator<SocketHandover> found =
                ServiceLoader.load(SocketHandover.class, loader).iterator();
        boolean any = false;
        for (SocketHandover handover; (handover = next(found)) != null; ) {
            any = true;
            if (handover.supports(context)) {
                return handover;
            }
        }
        if (isJetty(context)) {
            throw new IllegalStateException(whatJettyNeeds(
                    context.getServerInfo(), any, environment(context.getClass().getName())));
        }
        return new StandardHandover();
    }

    /** Returns null if there are no more. */
    private static SocketHandover next(Iterator<SocketHandover> found) {
        try {
            return found.hasNext() ? found.next() : null;
        } catch (ServiceConfigurationError e) {
            throw new IllegalStateException(
                    "a SocketHandover in META-INF/services cannot be loaded ("
                            + e.getMessage()
                            + "): keep adapter-core and adapter-jetty of one version together, in the same"
                            + " place and complete",
                    e);
        }
    }

    private static boolean isJetty(ServletContext context) {
        String server = context.getServerInfo();
        return server != null && server.startsWith("jetty/");
    }

    /**
     * Returns the Jetty environment of a context, from the name of its class.
     *
     * @return such as {@code ee10}, or null if the class is not Jetty's
     */
    static String environment(String contextClass) {
        Matcher matcher = JETTY_ENVIRONMENT.matcher(contextClass);
        return matcher.lookingAt() ? matcher.group(1) : null;
    }

    /** Says how to make the hand-over work in Jetty. */
    static String whatJettyNeeds(String server, boolean adapterIsThere, String environment) {
        if (!adapterIsThere) {
            return "this is " + server + ", which answers the first frame after an upgrade with 400 unless"
                    + " Jetty's own API takes over the socket: add io.twintrace:adapter-jetty to the application";
        }
        String where = environment == null ? "" : "the environment " + environment + " of ";
        return "this is " + where + server + ", but the socket can be taken over only in Jetty 12.0 and 12.1, in the"
                + " environments ee10 and ee11: deploy the application there, with Jetty's module ee10-deploy or"
                + " ee11-deploy";
    }
}
