package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.transport.BufferPool;
import io.twintrace.websocket.transport.Transport;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Consumer;

/** The hand-over of the Servlet specification (section 2.3.3.5), for every container but Jetty. */
final class StandardHandover implements SocketHandover {
    @Override
    public boolean supports(ServletContext context) {
        return true;
    }

    @Override
    public void handOver(
            HttpServletRequest request,
            HttpServletResponse response,
            Map<String, String> headers,
            WebSocketOptions options,
            Consumer<Transport> receiver)
            throws IOException, ServletException {
        InetSocketAddress local = InetSocketAddress.createUnresolved(request.getLocalAddr(), request.getLocalPort());
        InetSocketAddress remote = InetSocketAddress.createUnresolved(request.getRemoteAddr(), request.getRemotePort());
        response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
        headers.forEach(response::setHeader);
        UpgradeHandler handler;
        try {
            handler = request.upgrade(UpgradeHandler.class);
        } catch (IllegalStateException | UnsupportedOperationException e) {
            response.reset();
            throw new ServletException(
                    "the container refused to upgrade the request; is there a filter that wraps it, or HTTP/2?", e);
        }
        handler.expect(local, remote, options.streamPool(), receiver);
    }

    /** Made by the container through its public constructor. */
    public static final class UpgradeHandler implements HttpUpgradeHandler {
        private InetSocketAddress local;
        private InetSocketAddress remote;
        private BufferPool pool;
        private Consumer<Transport> receiver;
        private volatile StreamTransport transport;

        void expect(
                InetSocketAddress newLocal,
                InetSocketAddress newRemote,
                BufferPool newPool,
                Consumer<Transport> newReceiver) {
            local = newLocal;
            remote = newRemote;
            pool = newPool;
            receiver = newReceiver;
        }

        @Override
        public void init(WebConnection connection) {
            try {
                transport = new StreamTransport(connection, local, remote, pool, message -> {});
                transport.start();
                receiver.accept(transport);
            } catch (IOException e) {
                throw new IllegalStateException("the container gave no streams for the upgraded connection", e);
            }
        }

        @Override
        public void destroy() {
            if (transport != null) {
                transport.close();
            }
        }
    }
}
