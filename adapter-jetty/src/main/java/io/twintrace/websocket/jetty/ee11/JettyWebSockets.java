package io.twintrace.websocket.jetty.ee11;

import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import java.util.Arrays;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;

/**
 * Adds WebSockets to an embedded Jetty, environment EE11, in one call.
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
     * Adds a servlet that serves connections with a handler and the default options.
     *
     * @param context the context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param handler called for each connection, by many threads at once
     * @return the holder of the servlet, for example to set init-params
     */
    public static ServletHolder add(ServletContextHandler context, String pathSpec, WebSocketHandler handler) {
        return add(context, pathSpec, handler, WebSocketOptions.defaults());
    }

    /**
     * Adds a servlet that serves connections with a handler. The servlet starts with the context, so that errors appear
     * at once. Its name is the path, unless another servlet has that name.
     *
     * @param context the context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param handler called for each connection, by many threads at once
     * @param options init-params override them
     * @return the holder of the servlet, for example to set init-params
     */
    public static ServletHolder add(
            ServletContextHandler context, String pathSpec, WebSocketHandler handler, WebSocketOptions options) {
        return add(context, pathSpec, new UpgradeServlet(handler, options));
    }

    /**
     * Adds a servlet that serves connections with a listener and the default options. See
     * {@link #add(ServletContextHandler, String, WebSocketHandler)}.
     *
     * @param context the context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param listener called for all connections, by many threads at once
     * @return the holder of the servlet, for example to set init-params
     */
    public static ServletHolder add(ServletContextHandler context, String pathSpec, WebSocketListener listener) {
        return add(context, pathSpec, listener, WebSocketOptions.defaults());
    }

    /**
     * Like {@link #add(ServletContextHandler, String, WebSocketHandler, WebSocketOptions)}, with a listener.
     *
     * @param context the context to add the servlet to
     * @param pathSpec such as {@code /echo}
     * @param listener called for all connections, by many threads at once
     * @param options init-params override them
     * @return the holder of the servlet, for example to set init-params
     */
    public static ServletHolder add(
            ServletContextHandler context, String pathSpec, WebSocketListener listener, WebSocketOptions options) {
        return add(context, pathSpec, new UpgradeServlet(listener, options));
    }

    private static ServletHolder add(ServletContextHandler context, String pathSpec, UpgradeServlet servlet) {
        ServletHolder holder = new ServletHolder(servlet);
        holder.setInitOrder(0);
        if (isFree(pathSpec, context)) {
            holder.setName(pathSpec); // for errors and logs; Jetty's default is the class and a number
        }
        context.addServlet(holder, pathSpec);
        return holder;
    }

    private static boolean isFree(String name, ServletContextHandler context) {
        return Arrays.stream(context.getServletHandler().getServlets())
                .noneMatch(holder -> name.equals(holder.getName()));
    }
}
