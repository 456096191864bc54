package io.twintrace.websocket.jetty;

import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import java.util.Arrays;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/**
 * Embedding in one call.
 *
 * <pre>{@code
 * Server server = new Server(8080);
 * ServletContextHandler context = new ServletContextHandler("/");
 * JettyWebSockets.add(context, "/echo", connection -> {
 *     for (Message m; (m = connection.readMessage()) != null; ) {
 *         connection.writeMessage(m.type(), m.payload());
 *     }
 * });
 * server.setHandler(context);
 * server.start();
 * }</pre>
 */
public final class JettyWebSockets {
    private JettyWebSockets() {}

    /** Serves WebSockets on {@code pathSpec} with the default options. */
    public static ServletHolder add(ServletContextHandler context, String pathSpec, WebSocketHandler handler) {
        return add(context, pathSpec, handler, WebSocketOptions.defaults());
    }

    /**
     * Serves WebSockets on {@code pathSpec}. The servlet starts along with the context, so that a mistake shows at
     * once. It is named after the path, unless another servlet has that name.
     *
     * @return the servlet's holder, for init-params and the like
     */
    public static ServletHolder add(
            ServletContextHandler context, String pathSpec, WebSocketHandler handler, WebSocketOptions options) {
        return add(context, pathSpec, new UpgradeServlet(handler, options));
    }

    /**
     * {@link #add(ServletContextHandler, String, WebSocketHandler)} for a listener, which is called in place of
     * reading.
     */
    public static ServletHolder add(ServletContextHandler context, String pathSpec, WebSocketListener listener) {
        return add(context, pathSpec, listener, WebSocketOptions.defaults());
    }

    /** {@link #add(ServletContextHandler, String, WebSocketHandler, WebSocketOptions)} for a listener. */
    public static ServletHolder add(
            ServletContextHandler context, String pathSpec, WebSocketListener listener, WebSocketOptions options) {
        return add(context, pathSpec, new UpgradeServlet(listener, options));
    }

    private static ServletHolder add(ServletContextHandler context, String pathSpec, UpgradeServlet servlet) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setInitOrder(0);
        if (isFree(pathSpec, context)) {
            holder.setName(pathSpec); // errors and logs name it; Jetty would take the class with a number
        }
        context.addServlet(holder, pathSpec);
        return holder;
    }

    private static boolean isFree(String name, ServletContextHandler context) {
        return Arrays.stream(context.getServletHandler().getServlets())
                .noneMatch(holder -> name.equals(holder.getName()));
    }
}
