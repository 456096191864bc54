package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.jmx.Registration;
import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Shows a servlet to those who watch it, while it runs. The servlet also works if that fails. */
final class Management {
    private final ServletContext context;
    private final WebSocketMetrics metrics;
    private final Supplier<WebSocketTotals> totals;
    private final List<AutoCloseable> registrations = new ArrayList<>();

    private Management(ServletContext context, WebSocketMetrics metrics, Supplier<WebSocketTotals> totals) {
        this.context = context;
        this.metrics = metrics;
        this.totals = totals;
    }

    /** @param totals those of the servlet or upgrader */
    static Management start(
            ServletContext context, String application, String servlet, Supplier<WebSocketTotals> totals) {
        WebSocketMetrics metrics = WebSocketMetrics.join(application, servlet, totals);
        Management management = new Management(context, metrics, totals);
        management.register();
        return management;
    }

    private void register() {
        try {
            registrations.add(RoomBeans.show());
            registrations.add(Registration.of(metrics.application()));
            registrations.add(Registration.of(metrics.application(), metrics.servlet(), new ConnectionsBean(metrics)));
        } catch (RuntimeException e) {
            context.log(
                    "JMX does not show connections and concurrent writes, because an MXBean cannot be registered", e);
        } catch (LinkageError e) {
            // A runtime image without the module java.management has no JMX.
        }
    }

    void stop() {
        try {
            registrations.forEach(this::close);
        } finally {
            registrations.clear();
            metrics.leave(totals);
        }
    }

    /** Logs a failure, which must not keep the other beans registered. */
    private void close(AutoCloseable registration) {
        try {
            registration.close();
        } catch (Throwable t) {
            try {
                context.log("JMX still shows connections or concurrent writes, because an MXBean cannot be removed", t);
            } catch (Throwable unlogged) {
                // The other beans keep the application's classes in memory too.
            }
        }
    }
}
