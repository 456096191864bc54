package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.jetty.JettyEnvironment;
import io.twintrace.websocket.servlet.SocketHandover;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.component.LifeCycle;

/** Upgrades connections with Jetty's own mechanism. */
public final class JettyUpgrade implements SocketHandover {
    /** Set by {@link #supports}. */
    private ServletLayer servletLayer;

    /** Called through reflection, because other classes may not see this one. */
    public JettyUpgrade() {}

    @Override
    public boolean supports(ServletContext context) {
        try {
            servletLayer = new ServletLayer(JettyEnvironment.of(context));
            return true;
        } catch (ReflectiveOperationException | LinkageError e) {
            context.log("adapter-jetty cannot take over the sockets of this environment", e); // EE8 or EE9
            return false;
        }
    }

    /**
     * Sends 101 and stores a {@link WebSocketEndPointConnection} in the request. Jetty switches the endpoint to it once
     * the response is complete and the servlet has returned.
     */
    @Override
    public void handOver(
            HttpServletRequest servletRequest,
            HttpServletResponse unused,
            Map<String, String> headers,
            Duration timeout,
            Consumer<Transport> receiver)
            throws IOException, ServletException {
        Request request = servletLayer.request(servletRequest);
        ConnectionMetaData metaData = request.getConnectionMetaData();
        Connector connector = metaData.getConnector();
        EndPoint endPoint = metaData.getConnection().getEndPoint();
        WebSocketEndPointConnection connection = new WebSocketEndPointConnection(endPoint, connector, receiver);
        connector.getEventListeners().forEach(connection::addEventListener);

        Response response = servletLayer.response(request);
        response.setStatus(101);
        headers.forEach(response.getHeaders()::put);
        request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, connection);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        response.write(true, null, Callback.from(() -> sent.complete(null), sent::completeExceptionally));
        await(sent, timeout);
    }

    private static void await(CompletableFuture<Void> sent, Duration timeout) throws IOException, ServletException {
        try {
            sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException("the handshake response could not be sent", e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the handshake response was not sent within " + timeout, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while sending the handshake response");
        }
    }

    /**
     * Registers a component that closes the connections in a graceful stop (stop timeout above zero). Jetty then asks
     * every component to finish before it stops the connectors, which cuts all connections off.
     */
    @Override
    public Runnable servletStarts(ServletContext context, Supplier<CompletableFuture<Void>> closeConnections) {
        ContextHandler handler = servletLayer.contextHandler(context);
        if (handler == null) {
            return () -> {};
        }
        ClosesConnections closes = new ClosesConnections(handler, closeConnections);
        handler.addBean(closes);
        return () -> handler.removeBean(closes);
    }

    /** Removes itself when the context stops, because a restarted context has new servlets, which add their own. */
    private static final class ClosesConnections implements Graceful, LifeCycle.Listener {
        private final ContextHandler handler;
        private final Supplier<CompletableFuture<Void>> closeConnections;

        private volatile boolean shutdown;

        ClosesConnections(ContextHandler handler, Supplier<CompletableFuture<Void>> closeConnections) {
            this.handler = handler;
            this.closeConnections = closeConnections;
        }

        @Override
        public CompletableFuture<Void> shutdown() {
            shutdown = true;
            return closeConnections.get();
        }

        @Override
        public boolean isShutdown() {
            return shutdown;
        }

        @Override
        public void lifeCycleStopped(LifeCycle event) {
            handler.removeBean(this);
        }
    }
}
