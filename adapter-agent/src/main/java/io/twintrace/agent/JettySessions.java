package io.twintrace.agent;

import io.twintrace.agent.Engines.Role;
import io.twintrace.websocket.guard.QueueGuard.Part;
import java.lang.reflect.Method;
import java.net.URI;

/**
 * Asks Jetty's own sessions, by the interfaces of its API, since their implementations need not be accessible.
 * Remembered for each class, and only as long as the class is in use.
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
            Class<?> session = Engines.interfaceOf(Role.JETTY, implementation);
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
            return ((URI) requestUri.invoke(upgradeRequest.invoke(session))).getRawPath();
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
        return Listening.to(callback, given, "fail", part::failed);
    }
}
