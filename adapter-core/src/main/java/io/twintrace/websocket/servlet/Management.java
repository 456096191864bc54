package io.twintrace.websocket.servlet;

import io.twintrace.websocket.internal.jmx.Registration;
import jakarta.servlet.ServletContext;

/** Registers a servlet in JMX while it runs. The servlet also works if that fails. */
final class Management {
    /** Null if there is none. */
    private final AutoCloseable registration;

    private final ServletContext context;

    private Management(ServletContext context, AutoCloseable registration) {
        this.context = context;
        this.registration = registration;
    }

    static Management start(ServletContext context) {
        String path = context.getContextPath();
        try {
            return new Management(context, Registration.of(path == null || path.isEmpty() ? "/" : path));
        } catch (RuntimeException e) {
            context.log("JMX does not show concurrent writes, because their MXBean cannot be registered", e);
        } catch (LinkageError e) {
            // A runtime image without the module java.management has no JMX.
        }
        return new Management(context, null);
    }

    void stop() {
        if (registration != null) {
            try {
                registration.close();
            } catch (Exception e) {
                context.log("JMX still shows concurrent writes, because their MXBean cannot be removed", e);
            }
        }
    }
}
