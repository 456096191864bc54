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

    /**
     * Serves WebSockets with the default options.
     *
     * @param context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param handler called for each connection
     * @return the holder of the servlet, for init-params and the like
     */
    public static ServletHolder add(ServletContextHandler context, String pathSpec, WebSocketHandler handler) {
        return add(context, pathSpec, handler, WebSocketOptions.defaults());
    }

    /**
     * Serves WebSockets on {@code pathSpec}. The servlet starts along with the context, so that a mistake shows at
     * once. It is named after the path, unless another servlet has that name.
     *
     * @param context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param handler called for each connection
     * @param options on top of which init-params are applied
     * @return the holder of the servlet, for init-params and the like
     */
    public static ServletHolder add(
            ServletContextHandler context, String pathSpec, WebSocketHandler handler, WebSocketOptions options) {
        return add(context, pathSpec, new UpgradeServlet(handler, options));
    }

    /**
     * {@link #add(ServletContextHandler, String, WebSocketHandler)} for a listener, which is called in place of
     * reading.
     *
     * @param context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param listener called for all connections
     * @return the holder of the servlet, for init-params and the like
     */
    public static ServletHolder add(ServletContextHandler context, String pathSpec, WebSocketListener listener) {
        return add(context, pathSpec, listener, WebSocketOptions.defaults());
    }

    /**
     * {@link #add(ServletContextHandler, String, WebSocketHandler, WebSocketOptions)} for a listener.
     *
     * @param context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param listener called for all connections
     * @param options on top of which init-params are applied
     * @return the holder of the servlet, for init-params and the like
     */
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
