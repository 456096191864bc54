package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.io.Transport;
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
 * Takes a connection's socket from the container. Found by {@link java.util.ServiceLoader}; if none supports the
 * container, the servlet uses the standard {@code HttpServletRequest.upgrade}. Each servlet has an
 * instance of its own, which any thread may use. It must load without the container's classes.
 *
 * <p>For the modules of this library that know a container, not for applications. The transport has to be a {@code
 * PushTransport}, or listeners are refused.
 */
public interface SocketHandover {
    /**
     * Tells whether this is the right container, and its classes are visible. Called when the application is deployed, and when
     * a servlet starts.
     *
     * @param context the servlet's context
     * @return whether it can take sockets here
     */
    boolean supports(ServletContext context);

    /**
     * Called when a servlet starts, so that its connections can be closed before the container takes their sockets
     * away.
     *
     * @param context the servlet's context
     * @param closeConnections begins to close the connections, and returns a future that completes when the last one
     *     has ended; any thread may call it, and it does not wait
     * @return to be run when the servlet has ended
     */
    default Runnable servletStarts(ServletContext context, Supplier<CompletableFuture<Void>> closeConnections) {
        return () -> {};
    }

    /**
     * Sends 101 and the headers, and takes the socket.
     *
     * @param request the opening handshake
     * @param response not committed yet
     * @param headers the headers of the response
     * @param timeout the maximum time for that
     * @param receiver called with the transport, once, on any thread, which it must not block; after that the caller
     *     must not use the connection
     * @throws ServletException when the container does not hand the socket over
     * @throws IOException when the response cannot be sent
     */
    void handOver(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> headers,
            Duration timeout,
            Consumer<Transport> receiver)
            throws IOException, ServletException;
}
