package io.twintrace.websocket.internal.jetty.endpoint;

import static java.lang.invoke.MethodType.methodType;

import io.twintrace.websocket.internal.jetty.JettyEnvironment;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ContextHandler;

/**
 * Leads from the Servlet API to Jetty's core. The classes in between are different ones in each environment, with the
 * same methods.
 */
final class ServletLayer {
    // Each from Object to Object.
    private final MethodHandle request;
    private final MethodHandle response;
    private final MethodHandle contextHandler;

    /** Finds the methods of an environment. */
    ServletLayer(JettyEnvironment environment) throws ReflectiveOperationException {
        Class<?> requests = environment.servletClass("ServletContextRequest");
        Class<?> contexts = environment.servletClass("ServletContextHandler");
        request = find(requests, "getServletContextRequest", ServletRequest.class);
        response = find(requests, "getServletContextResponse");
        contextHandler = find(contexts, "getServletContextHandler", ServletContext.class);
    }

    private static MethodHandle find(Class<?> type, String name, Class<?>... parameters)
            throws ReflectiveOperationException {
        return MethodHandles.publicLookup()
                .unreflect(type.getMethod(name, parameters))
                .asType(methodType(Object.class, Object.class));
    }

    /**
     * Returns Jetty's request behind a request of the Servlet API, which may be wrapped.
     *
     * @throws IllegalStateException if it is none of this environment
     */
    Request request(ServletRequest servletRequest) {
        return (Request) call(request, servletRequest);
    }

    /** Returns the response to a request that {@link #request} has returned. */
    Response response(Request servletContextRequest) {
        return (Response) call(response, servletContextRequest);
    }

    /** Returns the handler of a context; null if Jetty does not know it. */
    ContextHandler contextHandler(ServletContext context) {
        return (ContextHandler) call(contextHandler, context);
    }

    private static Object call(MethodHandle method, Object argument) {
        try {
            return method.invokeExact(argument);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError("these methods declare no checked exception", t);
        }
    }
}
