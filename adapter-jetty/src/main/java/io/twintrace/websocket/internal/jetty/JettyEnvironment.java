package io.twintrace.websocket.internal.jetty;

import jakarta.servlet.ServletContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An environment of Jetty 12, such as EE10. Each has packages of its own between the Servlet API and Jetty's core, and
 * in a server with several environments a class loader of its own.
 *
 * @param name as in the names of its packages, such as {@code ee10}
 * @param classLoader sees all of Jetty's classes, also those that Jetty hides from web applications
 */
public record JettyEnvironment(String name, ClassLoader classLoader) {
    private static final Pattern CLASS_NAME = Pattern.compile("org\\.eclipse\\.jetty\\.(ee\\d+)\\..*");

    /** The environments to look for if the context's class does not tell. */
    private static final String[] KNOWN = {"ee10", "ee11"};

    /**
     * Returns the environment that a context belongs to. The class of the context is Jetty's, or extends one of Jetty's
     * in an embedded server. If it is neither, the context is somebody's wrapper, and the environment is one whose classes
     * are visible here.
     *
     * @throws ClassNotFoundException if there is no such environment
     */
    public static JettyEnvironment of(ServletContext context) throws ClassNotFoundException {
        for (Class<?> type = context.getClass(); type != null; type = type.getSuperclass()) {
            Matcher matcher = CLASS_NAME.matcher(type.getName());
            if (matcher.matches()) {
                return new JettyEnvironment(matcher.group(1), type.getClassLoader());
            }
        }
        for (String name : KNOWN) {
            JettyEnvironment here = new JettyEnvironment(name, JettyEnvironment.class.getClassLoader());
            if (here.isVisible()) {
                return here;
            }
        }
        throw new ClassNotFoundException("no environment of Jetty 12 has " + context.getClass());
    }

    private boolean isVisible() {
        try {
            return servletClass("ServletContextRequest") != null;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Loads a class of the environment's servlet package.
     *
     * @param simpleName such as {@code ServletContextRequest}
     */
    public Class<?> servletClass(String simpleName) throws ClassNotFoundException {
        return Class.forName("org.eclipse.jetty." + name + ".servlet." + simpleName, false, classLoader);
    }
}
