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
 * How a container gives a connection's socket away. Found by {@link java.util.ServiceLoader}; where none supports the
 * container, the standard {@code HttpServletRequest.upgrade} is used. Implementations are shared by all servlets and
 * threads, and must load without the container's classes.
 */
public interface SocketHandover {
    /**
     * Whether this is the container that it knows, and its classes can be seen. Asked once, when the servlet starts.
     *
     * @param context of the servlet
     * @return whether it can hand sockets over here
     */
    boolean supports(ServletContext context);

    /**
     * Tells of a servlet that starts, so that connections can be closed before the container takes their sockets away.
     *
     * @param context of the servlet
     * @param closeConnections begins to close them, and gives what is completed when the last one has ended; may be
     *     called by any thread, and does not wait
     */
    default void servletStarts(ServletContext context, Supplier<CompletableFuture<Void>> closeConnections) {}

    /**
     * Sends 101 and the headers, and has the socket handed over.
     *
     * @param request to be upgraded
     * @param response not committed yet
     * @param headers of the answer
     * @param timeout how long that may take
     * @param receiver gets the transport, once, after which the caller has nothing more to do with the connection; on
     *     any thread, and must not block it
     * @throws ServletException when the container does not give the socket away
     * @throws IOException when the answer cannot be sent
     */
    void handOver(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> headers,
            Duration timeout,
            Consumer<Transport> receiver)
            throws IOException, ServletException;
}
