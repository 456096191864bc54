package io.twintrace.websocket.servlet;

import jakarta.servlet.http.HttpSession;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.function.Consumer;

/** Lets an HTTP session count as accessed just now, outside of a request. */
final class SessionTouch {
    /** Null before Servlet 6.1, which added this for WebSockets. */
    private static final Method GET_ACCESSOR = accessorMethod();

    private SessionTouch() {}

    private static Method accessorMethod() {
        try {
            return HttpSession.class.getMethod("getAccessor");
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    /**
     * Call this on a thread that may be blocked, because a session may be stored in a database.
     *
     * @throws IllegalStateException if the session has ended
     */
    static void touch(HttpSession session, LongerSessions longer) {
        if (GET_ACCESSOR != null) {
            access(session, longer);
        } else {
            longer.extend(session);
        }
    }

    private static void access(HttpSession session, LongerSessions longer) {
        Consumer<HttpSession> nothing = same -> {};
        try {
            // A new one each time, since it stands for the session's id, which a login changes.
            Object accessor = GET_ACCESSOR.invoke(session);
            if (accessor == null) { // as the interface's own method does, for sessions of an older API
                longer.extend(session);
                return;
            }
            GET_ACCESSOR.getReturnType().getMethod("access", Consumer.class).invoke(accessor, nothing);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new UndeclaredThrowableException(e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("the session has no accessor as of Servlet 6.1", e);
        }
    }
}
