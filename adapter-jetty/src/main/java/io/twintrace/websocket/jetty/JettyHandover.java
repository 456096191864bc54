package io.twintrace.websocket.jetty;

import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.servlet.SocketHandover;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes the socket in Jetty 12.1 and 12.0, EE10. Found by {@link java.util.ServiceLoader}. Loads in any container,
 * because it uses Jetty's classes only through {@link JettyUpgrade}.
 */
public final class JettyHandover implements SocketHandover {
    private static final String JETTY_CLASS = "org.eclipse.jetty.ee10.servlet.ServletContextRequest";

    /** Called by {@link java.util.ServiceLoader}. */
    public JettyHandover() {}

    @Override
    public boolean supports(ServletContext context) {
        String server = context.getServerInfo();
        if (server == null
                || !server.startsWith("jetty/")
                || isOtherEnvironment(context.getClass().getName())) {
            return false;
        }
        try {
            Class<?> unused = Class.forName(JETTY_CLASS, false, JettyHandover.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false; // hidden unless WEB-INF/jetty-ee10-web.xml exposes them
        }
    }

    /** Returns whether a context's class is that of another environment, though EE10's classes may be visible. */
    static boolean isOtherEnvironment(String contextClass) {
        return contextClass.startsWith("org.eclipse.jetty.ee") && !contextClass.startsWith("org.eclipse.jetty.ee10.");
    }

    @Override
    public void servletStarts(ServletContext context, Supplier<CompletableFuture<Void>> closeConnections) {
        JettyUpgrade.closeBeforeConnectors(context, closeConnections);
    }

    @Override
    public void handOver(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> headers,
            Duration timeout,
            Consumer<Transport> receiver)
            throws IOException, ServletException {
        JettyUpgrade.handOver(request, headers, timeout, receiver);
    }
}
