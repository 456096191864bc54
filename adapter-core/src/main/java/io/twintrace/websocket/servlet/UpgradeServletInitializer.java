package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.lang.reflect.Constructor;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Checks the init-params of all upgrade servlets during deployment. Otherwise a servlet that is loaded at its first
 * request would report a mistake only then, and Tomcat would deploy an application whose servlets fail. Also closes what
 * upgraders have open at the end of the application.
 */
public final class UpgradeServletInitializer implements ServletContainerInitializer {
    /** Whether the application may have given a servlet its handler in code. */
    private final BooleanSupplier mayHaveGivenHandler;

    /** Called by the container. */
    public UpgradeServletInitializer() {
        this(UpgradeServlet::isAnyHandlerGiven);
    }

    UpgradeServletInitializer(BooleanSupplier mayHaveGivenHandler) {
        this.mayHaveGivenHandler = mayHaveGivenHandler;
    }

    @Override
    public void onStartup(Set<Class<?>> unused, ServletContext context) throws ServletException {
        context.addListener(new ClosesUpgraders());
        for (ServletRegistration registration :
                context.getServletRegistrations().values()) {
            if (isUpgradeServlet(registration.getClassName(), context)) {
                check(registration, context);
            }
        }
    }

    /** Closes the connections of upgraders that the application has not closed. Servlets have closed theirs before. */
    private static final class ClosesUpgraders implements ServletContextListener {
        @Override
        public void contextDestroyed(ServletContextEvent event) {
            ContextConnections.stopAll(event.getServletContext());
        }
    }

    private static boolean isUpgradeServlet(String className, ServletContext context) {
        try {
            return className != null
                    && UpgradeServlet.class.isAssignableFrom(Class.forName(className, false, context.getClassLoader()));
        } catch (ClassNotFoundException | LinkageError e) {
            return false; // the container reports this itself
        }
    }

    private void checkHandler(ServletRegistration registration, ServletContext context) {
        String handler = registration.getInitParameters().get(InitParams.HANDLER);
        if (handler != null) {
            Constructor<?> found = InitParams.handlerConstructor(handler, context.getClassLoader());
            if (InitParams.isListener(found.getDeclaringClass())) {
                InitParams.checkForListener(registration.getInitParameters());
            }
        } else if (UpgradeServlet.class.getName().equals(registration.getClassName())
                && !mayHaveGivenHandler.getAsBoolean()) {
            throw InitParams.noHandler();
        }
    }

    private void check(ServletRegistration registration, ServletContext context) throws ServletException {
        try {
            InitParams.check(registration.getInitParameters());
            checkHandler(registration, context);
            SocketHandover unused = Handovers.forContainer(context);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ServletException("servlet \"" + registration.getName() + "\": " + e.getMessage(), e);
        }
    }
}
