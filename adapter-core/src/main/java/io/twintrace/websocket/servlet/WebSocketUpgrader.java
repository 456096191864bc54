package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.handshake.Handshake;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Upgrades requests to WebSocket connections, from any servlet, filter or controller. {@link UpgradeServlet} is a
 * servlet around it. Keep one upgrader for all requests with the same options, as long as the application runs. Any
 * thread may call its methods.
 *
 * <pre>{@code
 * private final WebSocketUpgrader upgrader = new WebSocketUpgrader();
 *
 * @Override
 * protected void doGet(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
 *     if (WebSocketUpgrader.isUpgrade(request)) {
 *         upgrader.upgrade(request, response, connection -> connection.writeMessage("hello"));
 *     } else {
 *         response.getWriter().println("a page");
 *     }
 * }
 * }</pre>
 *
 * <p>An upgrader serves one web application, that of its first request, until that stops. At the end of the web application its
 * connections close with 1001, as those of an {@link UpgradeServlet} do, if the container runs the library's
 * {@link UpgradeServletInitializer}. Embedded containers do not: {@link #close()} it there.
 */
public final class WebSocketUpgrader implements AutoCloseable {
    private final WebSocketOptions options;

    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock for writing; null until the first request. */
    private volatile Upgrades upgrades;

    /** Guarded by the lock. */
    private boolean closed;

    /** Creates an upgrader with the default options. */
    public WebSocketUpgrader() {
        this(WebSocketOptions.defaults());
    }

    /**
     * Creates an upgrader.
     *
     * @param options for its connections
     */
    public WebSocketUpgrader(WebSocketOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Tells whether a request asks for a WebSocket. For filters, and for servlets that also serve pages.
     *
     * @param request not changed
     * @return whether it asks for a WebSocket
     */
    public static boolean isUpgrade(HttpServletRequest request) {
        return Handshake.isUpgrade(name -> HandshakeRequests.lines(request, name));
    }

    /**
     * Returns the subprotocols that a request offers.
     *
     * @param request not changed
     * @return in the client's order
     */
    public static List<String> subprotocols(HttpServletRequest request) {
        return Handshake.subprotocols(name -> HandshakeRequests.lines(request, name));
    }

    /**
     * Answers an opening handshake, and serves the connection with a handler, on a thread of its own. Answers with an
     * error if the request is not a valid handshake, too many connections are open, or this is closed.
     *
     * @param request the opening handshake; not valid for the handler, which has
     *     {@link io.twintrace.websocket.WebSocketConnection#request()}
     * @param response its headers and cookies are sent with the 101
     * @param handler called once
     * @return whether the connection is accepted; either way the response is complete
     * @throws ServletException when the container does not hand the socket over
     * @throws IOException when the response cannot be sent
     */
    public boolean upgrade(HttpServletRequest request, HttpServletResponse response, WebSocketHandler handler)
            throws ServletException, IOException {
        return begin(request, response).accept(handler);
    }

    /**
     * Answers an opening handshake, and serves the connection with a listener. See
     * {@link #upgrade(HttpServletRequest, HttpServletResponse, WebSocketHandler)}.
     *
     * @param request the opening handshake
     * @param response its headers and cookies are sent with the 101
     * @param listener called from the opening to the end
     * @return whether the connection is accepted; either way the response is complete
     * @throws ServletException when the container does not hand the socket over
     * @throws IOException when the response cannot be sent
     */
    public boolean upgrade(HttpServletRequest request, HttpServletResponse response, WebSocketListener listener)
            throws ServletException, IOException {
        return begin(request, response).accept(listener);
    }

    /**
     * Begins an upgrade to which the application adds something, such as a subprotocol, or that it may refuse.
     *
     * @param request the opening handshake
     * @param response not committed yet
     * @return to be accepted or refused
     * @throws ServletException when connections cannot be taken over from this container
     */
    public Upgrade begin(HttpServletRequest request, HttpServletResponse response) throws ServletException {
        return new Upgrade(in(request.getServletContext()), Upgrade::writeRefusal, request, response);
    }

    private Upgrades in(ServletContext requests) throws ServletException {
        Upgrades known = upgrades;
        return known != null ? known : first(requests);
    }

    private Upgrades first(ServletContext requests) throws ServletException {
        lock.lock();
        try {
            if (upgrades == null) {
                upgrades = start(requests);
            }
            return upgrades;
        } catch (IllegalStateException e) {
            throw new ServletException(e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    private Upgrades start(ServletContext requests) {
        Upgrades started = new Upgrades(requests, options, null);
        if (closed) {
            var unused = started.connections().beginStop();
        } else {
            started.connections().join();
        }
        return started;
    }

    /**
     * Closes all connections with 1001 (going away), each as soon as its outbox is empty, and refuses further upgrades
     * with 503. Waits for the handlers and
     * for the peers' Close frames, at most twice the close timeout plus one second, and cuts off the rest.
     */
    @Override
    public void close() {
        Upgrades open = closing();
        if (open != null) {
            open.connections().stop();
        }
    }

    /**
     * Closes all connections like {@link #close()}, within a bound.
     *
     * @param timeout the longest wait; connections that are open at its end are cut off
     * @return whether all connections and handlers have ended in time
     */
    public boolean close(Duration timeout) {
        Upgrades open = closing();
        return open == null || open.connections().stop(timeout);
    }

    private Upgrades closing() {
        lock.lock();
        try {
            closed = true;
            return upgrades;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes all connections of a web application within a bound, those of its {@linkplain UpgradeServlet servlets} and
     * of its upgraders, and refuses further upgrades with 503. For an application that is told of its end before the
     * container is, such as one of Spring Boot.
     *
     * @param context the web application
     * @param timeout the longest wait; connections that are open at its end are cut off
     * @return whether all connections and handlers have ended in time
     */
    public static boolean closeAll(ServletContext context, Duration timeout) {
        return ContextConnections.stopAll(context, timeout);
    }
}
