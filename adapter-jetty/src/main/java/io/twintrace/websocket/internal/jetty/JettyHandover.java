package io.twintrace.websocket.internal.jetty;

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
 * Takes the socket in Jetty 12.1 and 12.0, in every environment from EE10 on. Found by {@link java.util.ServiceLoader}.
 * Loads in any container, because it leaves all that needs Jetty's classes to the hand-over of
 * {@link EndPointClassLoader}.
 */
public final class JettyHandover implements SocketHandover {
    /** Set by {@link #supports}. */
    private SocketHandover jetty;

    /** Called by {@link java.util.ServiceLoader}. */
    public JettyHandover() {}

    @Override
    public boolean supports(ServletContext context) {
        String server = context.getServerInfo();
        if (server == null || !server.startsWith("jetty/")) {
            return false;
        }
        try {
            JettyEnvironment environment = JettyEnvironment.of(context);
            jetty = EndPointClassLoader.newHandover(environment.classLoader());
            return jetty.supports(context);
        } catch (ReflectiveOperationException | LinkageError e) {
            context.log("adapter-jetty cannot take over the sockets of " + server, e); // it is old, or has changed
            return false;
        }
    }

    @Override
    public Runnable servletStarts(ServletContext context, Supplier<CompletableFuture<Void>> closeConnections) {
        return jetty.servletStarts(context, closeConnections);
    }

    @Override
    public void handOver(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> headers,
            Duration timeout,
            Consumer<Transport> receiver)
            throws IOException, ServletException {
        jetty.handOver(request, response, headers, timeout, receiver);
    }
}
