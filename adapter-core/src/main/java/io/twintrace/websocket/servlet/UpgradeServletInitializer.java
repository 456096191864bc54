package io.twintrace.websocket.servlet;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.lang.reflect.Constructor;
import java.util.Set;

/**
 * Checks the init-params of all upgrade servlets during deployment. Otherwise a servlet that is loaded at its first
 * request would report a mistake only then, and Tomcat would deploy an application whose servlets fail.
 */
public final class UpgradeServletInitializer implements ServletContainerInitializer {
    /** Called by the container. */
    public UpgradeServletInitializer() {}

    @Override
    public void onStartup(Set<Class<?>> unused, ServletContext context) throws ServletException {
        for (ServletRegistration registration :
                context.getServletRegistrations().values()) {
            if (isUpgradeServlet(registration.getClassName(), context)) {
                check(registration, context);
            }
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

    private static void checkHandler(ServletRegistration registration, ServletContext context) {
        String handler = registration.getInitParameters().get(InitParams.HANDLER);
        if (handler != null) {
            Constructor<?> found = InitParams.handlerConstructor(handler, context.getClassLoader());
            if (InitParams.isListener(found.getDeclaringClass())) {
                InitParams.checkForListener(registration.getInitParameters());
            }
        } else if (registration instanceof ServletRegistration.Dynamic) {
            return; // added in code, possibly with a handler
        } else if (UpgradeServlet.class.getName().equals(registration.getClassName())) {
            throw InitParams.noHandler();
        }
    }

    private static void check(ServletRegistration registration, ServletContext context) throws ServletException {
        try {
            InitParams.check(registration.getInitParameters());
            checkHandler(registration, context);
            SocketHandover unused = Handovers.forContainer(context);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new ServletException("servlet \"" + registration.getName() + "\": " + e.getMessage(), e);
        }
    }
}
