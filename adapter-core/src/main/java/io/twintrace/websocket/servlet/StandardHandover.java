package io.twintrace.websocket.servlet;

import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.stream.StreamTransport;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Takes the socket as the Servlet specification defines (section 2.3.3.5), in every container except Jetty. */
final class StandardHandover implements SocketHandover {
    /** The maximum number of bytes in one read or write of a container's stream. */
    private static final int BUFFER_SIZE = 8 * 1024;

    private static final int BUFFERS_AT_REST = 1024;

    private final BufferPool pool = BufferPool.onHeap(BUFFER_SIZE, BUFFERS_AT_REST);

    /** The messages that were already logged. */
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /** For peers that disconnect before their connection is taken over. */
    private final LogRate lostLog = new LogRate();

    @Override
    public boolean supports(ServletContext context) {
        return true;
    }

    @Override
    public void handOver(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> headers,
            Duration timeout,
            Consumer<Transport> receiver)
            throws IOException, ServletException {
        ServletContext context = request.getServletContext();
        Expected expected = new Expected(
                plainPath(request),
                InetSocketAddress.createUnresolved(request.getLocalAddr(), request.getLocalPort()),
                InetSocketAddress.createUnresolved(request.getRemoteAddr(), request.getRemotePort()),
                pool,
                context,
                message -> logOnce(context, message),
                lostLog,
                receiver);
        response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
        headers.forEach(response::setHeader);
        UpgradeHandler handler;
        try {
            handler = request.upgrade(UpgradeHandler.class);
        } catch (RuntimeException e) {
            response.reset();
            throw new ServletException(
                    "the container refused to upgrade the request; a filter may have wrapped it, or it uses HTTP/2", e);
        }
        handler.expect(expected);
    }

    /** Leaves out path parameters, which may contain a session identifier. */
    private static String plainPath(HttpServletRequest request) {
        return new HandshakeRequest("GET", "HTTP/1.1", request.getRequestURI(), null, null, Map.of()).plainPath();
    }

    /** Logs a problem of the container once, because it affects all connections. */
    private void logOnce(ServletContext context, String message) {
        if (logged.add(message)) {
            context.log(message);
        }
    }

    /** The data that {@link UpgradeHandler} needs once the container provides its streams. */
    private record Expected(
            String path,
            InetSocketAddress local,
            InetSocketAddress remote,
            BufferPool pool,
            ServletContext context,
            Consumer<String> log,
            LogRate lostLog,
            Consumer<Transport> receiver) {}

    /** The container creates this through its public constructor. */
    public static final class UpgradeHandler implements HttpUpgradeHandler {
        private Expected expected;
        private volatile StreamTransport transport;

        private void expect(Expected newExpected) {
            expected = newExpected;
        }

        /** Ends the connection and logs the error, whatever fails, because containers may do neither. */
        @Override
        public void init(WebConnection connection) {
            try {
                StreamTransport taken = new StreamTransport(
                        connection, expected.local(), expected.remote(), expected.pool(), expected.log());
                transport = taken;
                taken.start();
                expected.receiver().accept(taken);
            } catch (Throwable t) {
                try {
                    close(connection);
                } finally {
                    log(t);
                }
            }
        }

        /** Logs a lost peer in one line, and at a limited rate. Logs any other error with its stack. */
        private void log(Throwable t) {
            ServletContext context = expected.context();
            String lost = "the WebSocket connection for " + expected.path() + " is cut off: its socket could not be"
                    + " taken over from " + context.getServerInfo();
            if (t instanceof IOException && !Service.isCausedByError(t)) {
                String end = expected.lostLog().next();
                if (end != null) {
                    context.log(lost + ": " + t + end);
                }
            } else {
                context.log(lost, t);
            }
        }

        private void close(WebConnection connection) {
            if (transport != null) {
                transport.close();
                return;
            }
            try {
                connection.close();
            } catch (Exception e) {
                // The container has already failed. There is nothing else to close.
            }
        }

        @Override
        public void destroy() {
            if (transport != null) {
                transport.closedByContainer();
            }
        }
    }
}
