package io.twintrace.websocket.guard;

import io.twintrace.websocket.detect.DetectorLevel;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Guards sessions of Jakarta WebSocket with the detector, on any engine. For applications that can change a line of code
 * but not the options of their JVM; else the agent does the same. Needs {@code jakarta.websocket-api}, which the container
 * has.
 *
 * <pre>{@code
 * @OnOpen
 * public void open(Session session) {
 *     sessions.add(Guarded.session(session));
 * }
 *
 * @OnClose
 * public void close(Session session) {
 *     sessions.remove(Guarded.session(session));
 * }
 * }</pre>
 */
public final class Guarded {
    private static final SessionGuards REPORTING = new SessionGuards(GuardMode.REPORT, DetectorLevel.MESSAGES);
    private static final SessionGuards FAILING = new SessionGuards(GuardMode.FAIL, DetectorLevel.MESSAGES);

    /** The guarded sessions that are in use, by the sessions that they guard. */
    private static final WeakIdentityMap<WeakReference<Session>> KNOWN = new WeakIdentityMap<>();

    private Guarded() {}

    /**
     * Guards a session. Two threads that send through {@link Session#getBasicRemote()} at the same time are both logged,
     * with their stacks; the calls do what they did before.
     *
     * @param session of any engine
     * @return the session to use from now on, also in collections: it equals the given one, but not the other way round.
     *     The same for the same session, and for a guarded session itself.
     */
    public static Session session(Session session) {
        return session(session, GuardMode.REPORT);
    }

    /**
     * Guards a session.
     *
     * @param session of any engine
     * @param mode what happens at a conflict; the first call for a session decides
     * @return as {@link #session(Session)}
     */
    public static Session session(Session session, GuardMode mode) {
        if (Proxy.isProxyClass(session.getClass()) && Proxy.getInvocationHandler(session) instanceof GuardedSession) {
            return session;
        }
        synchronized (KNOWN) {
            WeakReference<Session> known = KNOWN.get(session);
            Session guarded = known == null ? null : known.get();
            if (guarded == null) {
                SessionGuard guard =
                        (mode == GuardMode.FAIL ? FAILING : REPORTING).of(session, path(session), Session::isOpen);
                guarded = (Session) Proxy.newProxyInstance(
                        Session.class.getClassLoader(),
                        new Class<?>[] {Session.class},
                        new GuardedSession(session, guard));
                KNOWN.put(session, new WeakReference<>(guarded));
            }
            return guarded;
        }
    }

    private static String path(Session session) {
        try {
            return session.getRequestURI().getPath();
        } catch (RuntimeException e) { // of a session that is closed already
            return "unknown path";
        }
    }

    private static final class GuardedSession implements InvocationHandler {
        private final Session target;
        private final SessionGuard guard;

        GuardedSession(Session target, SessionGuard guard) {
            this.target = target;
            this.guard = guard;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("equals") && arguments.length == 1) {
                return proxy == arguments[0] || target.equals(arguments[0]);
            }
            Object result;
            try {
                result = method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (method.getName().equals("close")) {
                guard.sessionClosed();
            }
            if (result instanceof RemoteEndpoint.Basic basic) {
                return new GuardedBasic(basic, guard);
            }
            return method.getName().equals("getOpenSessions") ? guarded((Set<?>) result) : result;
        }

        private static Set<Session> guarded(Set<?> sessions) {
            Set<Session> all = new LinkedHashSet<>();
            sessions.forEach(each -> all.add(session((Session) each)));
            return all;
        }
    }
}
