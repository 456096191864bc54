package io.twintrace.agent;

import io.twintrace.websocket.guard.QueueGuard.Part;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;

/**
 * What the agent asks of Jetty's own sessions: of the interfaces of its API, since their implementations need not be
 * accessible. Remembered for each class, and only as long as the class is in use.
 */
final class JettySessions {
    static final String SESSION = "org.eclipse.jetty.websocket.api.Session";
    static final String CALLBACK = "org.eclipse.jetty.websocket.api.Callback";

    private static final ClassValue<JettySessions> KNOWN = new ClassValue<>() {
        @Override
        protected JettySessions computeValue(Class<?> implementation) {
            return new JettySessions(implementation);
        }
    };

    /** Null if this is no version that the agent knows, as the callback's type. */
    private final Method isOpen;

    private final Method upgradeRequest;
    private final Method requestUri;
    private final Class<?> callback;

    private JettySessions(Class<?> implementation) {
        Method ofOpen = null;
        Method ofRequest = null;
        Method ofUri = null;
        Class<?> ofCallback = null;
        try {
            Class<?> session = session(implementation);
            ofRequest = session.getMethod("getUpgradeRequest");
            ofUri = ofRequest.getReturnType().getMethod("getRequestURI");
            ofCallback = Class.forName(CALLBACK, false, session.getClassLoader());
            ofOpen = session.getMethod("isOpen");
        } catch (ReflectiveOperationException | LinkageError e) {
            System.err.println("Twintrace agent: cannot watch parts of messages of " + implementation + ": " + e);
        }
        isOpen = ofOpen;
        upgradeRequest = ofRequest;
        requestUri = ofUri;
        callback = ofCallback;
    }

    static JettySessions of(Object session) {
        return KNOWN.get(session.getClass());
    }

    private static Class<?> session(Class<?> implementation) throws ClassNotFoundException {
        for (Class<?> type = implementation; type != null; type = type.getSuperclass()) {
            for (Class<?> each : type.getInterfaces()) {
                if (each.getName().equals(SESSION)) {
                    return each;
                }
            }
        }
        throw new ClassNotFoundException(SESSION);
    }

    /** Returns whether a session accepts messages. */
    boolean isOpen(Object session) {
        try {
            return isOpen != null && (boolean) isOpen.invoke(session);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
    }

    /** Returns the path of a session's request. */
    String path(Object session, String unknown) {
        try {
            return ((URI) requestUri.invoke(upgradeRequest.invoke(session))).getPath();
        } catch (ReflectiveOperationException | RuntimeException e) {
            return unknown;
        }
    }

    /** Returns whether a callback can be listened to. */
    boolean isCallback(Object given) {
        return isOpen != null && callback.isInstance(given);
    }

    /** Returns a callback that does what the given one does, and tells the part if it fails. */
    Object listening(Part part, Object given) {
        return Proxy.newProxyInstance(callback.getClassLoader(), new Class<?>[] {callback}, new Listening(part, given));
    }

    private record Listening(Part part, Object given) implements InvocationHandler {
        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("fail")) {
                part.failed(); // before the application can react
            }
            try {
                return method.invoke(given, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }
    }
}
