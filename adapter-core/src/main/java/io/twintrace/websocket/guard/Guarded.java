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

    /** What belongs to the sessions that are in use. */
    private static final WeakIdentityMap<Known> KNOWN = new WeakIdentityMap<>();

    private Guarded() {}

    /**
     * Guards a session, in mode {@link GuardMode#REPORT} unless it has one. Two threads that send through {@link
     * Session#getBasicRemote()} at the same time are both logged, with their stacks; the calls do what they did before.
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
     * @param mode what happens at a conflict. The first call for a session decides: later ones for another mode change
     *     nothing. The sessions of {@link Session#getOpenSessions()} get the mode of the one that is asked.
     * @return as {@link #session(Session)}
     */
    public static Session session(Session session, GuardMode mode) {
        if (Proxy.isProxyClass(session.getClass()) && Proxy.getInvocationHandler(session) instanceof GuardedSession) {
            return session;
        }
        Known known = KNOWN.get(session);
        if (known == null) {
            String path = path(session);
            known = KNOWN.computeIfAbsent(session, () -> new Known(guards(mode).of(session, path, Session::isOpen)));
        }
        return known.guarded(session);
    }

    private static SessionGuards guards(GuardMode mode) {
        return mode == GuardMode.FAIL ? FAILING : REPORTING;
    }

    private static String path(Session session) {
        try {
            return session.getRequestURI().getRawPath();
        } catch (RuntimeException e) { // of a session that is closed already
            return "unknown path";
        }
    }

    /** Does not refer to the session, which would stay in memory. */
    private static final class Known {
        private final SessionGuard guard;

        /** Made anew when a call comes after its last user has gone. Guarded by this. */
        private WeakReference<Session> guarded = new WeakReference<>(null);

        /** Likewise. One, as most engines have, since an application may lock it. Guarded by this. */
        private WeakReference<GuardedBasic> basic = new WeakReference<>(null);

        Known(SessionGuard guard) {
            this.guard = guard;
        }

        synchronized Session guarded(Session session) {
            Session current = guarded.get();
            if (current == null) {
                current = (Session) Proxy.newProxyInstance(
                        Session.class.getClassLoader(),
                        new Class<?>[] {Session.class},
                        new GuardedSession(session, this));
                guarded = new WeakReference<>(current);
            }
            return current;
        }

        synchronized RemoteEndpoint.Basic guarded(RemoteEndpoint.Basic remote) {
            GuardedBasic current = basic.get();
            if (current == null || !current.isFor(remote)) {
                current = new GuardedBasic(remote, guard);
                basic = new WeakReference<>(current);
            }
            return current;
        }
    }

    private static final class GuardedSession implements InvocationHandler {
        private final Session target;
        private final Known known;

        GuardedSession(Session target, Known known) {
            this.target = target;
            this.known = known;
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
                known.guard.sessionClosed();
            }
            if (result instanceof RemoteEndpoint.Basic basic) {
                return known.guarded(basic);
            }
            return method.getName().equals("getOpenSessions") ? guarded((Set<?>) result) : result;
        }

        private Set<Session> guarded(Set<?> sessions) {
            Set<Session> all = new LinkedHashSet<>();
            sessions.forEach(each -> all.add(session((Session) each, known.guard.mode())));
            return all;
        }
    }
}
