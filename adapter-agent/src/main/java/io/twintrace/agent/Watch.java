package io.twintrace.agent;

import io.twintrace.agent.Engines.Role;
import io.twintrace.agent.dispatch.TwintraceDispatch;
import io.twintrace.websocket.detect.AsynchronousSend;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.guard.QueueGuard;
import io.twintrace.websocket.guard.QueueGuard.Part;
import io.twintrace.websocket.guard.SessionGuard;
import io.twintrace.websocket.guard.SessionGuard.Visit;
import io.twintrace.websocket.guard.SessionGuards;
import io.twintrace.websocket.internal.jmx.Registration;
import java.io.OutputStream;
import java.io.Writer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.concurrent.Future;

/**
 * What the woven methods of the engines come to. They run on the application's threads, and nothing but a conflict in
 * mode {@code fail} may throw here.
 */
final class Watch extends TwintraceDispatch {
    private static final String UNKNOWN = "unknown path";

    /** At the places that the dispatch gives them. */
    private static final Operation[] OPERATIONS = {
        Operation.SEND_TEXT,
        Operation.SEND_BINARY,
        Operation.SEND_OBJECT,
        Operation.GET_SEND_STREAM,
        Operation.GET_SEND_WRITER,
        Operation.SEND_PING,
        Operation.SEND_PONG
    };

    private final SessionGuards guards;

    /** Null before the first session, since some containers must not see JMX used before they have started. */
    private volatile Registration bean;

    /** Whether it is of no use to try: there is no JMX, or the agent is gone. */
    private boolean isRefused;

    Watch(SessionGuards guards) {
        this.guards = guards;
    }

    @Override
    protected Object entered(Object remote, int called) {
        return guards.of(remote, UNKNOWN).enter(OPERATIONS[called]);
    }

    @Override
    protected Object enteredPart(Object remote, boolean isText) {
        return guards.of(remote, UNKNOWN).enterPart(isText);
    }

    @Override
    protected void left(Object token, int called, Throwable thrown) {
        ((Visit) token).sent(OPERATIONS[called], thrown);
    }

    @Override
    protected void leftPart(Object token, boolean isText, boolean isLast, Throwable thrown) {
        ((Visit) token).sentPart(isText, isLast, thrown);
    }

    @Override
    protected OutputStream leftOpening(Object token, Object remote, OutputStream opened, Throwable thrown) {
        ((Visit) token).openedStream(Operation.GET_SEND_STREAM, thrown);
        return opened == null ? null : SessionGuards.guarded(opened, guards.of(remote, UNKNOWN));
    }

    @Override
    protected Writer leftOpening(Object token, Object remote, Writer opened, Throwable thrown) {
        ((Visit) token).openedStream(Operation.GET_SEND_WRITER, thrown);
        return opened == null ? null : SessionGuards.guarded(opened, guards.of(remote, UNKNOWN));
    }

    @Override
    protected Object enteredAsync(Object remote, int called) {
        return guards.of(remote, UNKNOWN).begin(OPERATIONS[called]);
    }

    @Override
    protected Object watching(Object token, Object remote, Object handler) {
        AsynchronousSend send = (AsynchronousSend) token;
        if (handler != null) {
            try {
                return Listening.to(Engines.sendHandler(remote.getClass()), handler, "onResult", send::complete);
            } catch (Throwable t) { // nobody would tell of the end, nor may the application's send fail
                System.err.println("Twintrace agent: cannot watch a send with " + handler.getClass() + ": " + t);
            }
        }
        send.complete();
        return handler;
    }

    @Override
    protected void leftAsync(Object token, Throwable thrown) {
        ((AsynchronousSend) token).returned(thrown);
    }

    @Override
    protected void leftAsync(Object token, Future<?> result, Throwable thrown) {
        ((AsynchronousSend) token).returned(result, thrown);
    }

    /** An asynchronous remote knows nothing of the parts that the other one sends. */
    @Override
    protected void enteredControl(Object remote, int called) {
        SessionGuard guard = Engines.has(Role.BASIC, remote.getClass()) ? guards.find(remote) : null;
        if (guard != null) {
            guard.checkBetweenParts(OPERATIONS[called]);
        }
    }

    @Override
    protected void hasRemote(Object session, Object remote) {
        if (guards.find(remote) == null) {
            if (bean == null) {
                register();
            }
            SessionGuard known = guards.find(session);
            guards.also(remote, known != null ? known : guards.of(session, path(session), Watch::isOpen));
        }
    }

    @Override
    protected void isClosed(Object session) {
        SessionGuard guard = guards.find(session);
        if (guard != null) {
            guard.sessionClosed();
        }
    }

    // ---- Jetty's own sessions

    @Override
    protected void enteredQueue(Object session, boolean isText) {
        queue(session)
                .enter(
                        isText ? Operation.JETTY_TEXT : Operation.JETTY_BINARY,
                        () -> JettySessions.of(session).isOpen(session));
    }

    @Override
    protected Object enteredQueuePart(Object session, boolean isText, boolean isLast, Object callback) {
        JettySessions jetty = JettySessions.of(session);
        boolean isOver = isLast || !jetty.isCallback(callback);
        return queue(session).enterPart(isText, isOver, () -> jetty.isOpen(session));
    }

    @Override
    protected Object listening(Object token, Object session, Object callback) {
        return JettySessions.of(session).listening((Part) token, callback);
    }

    @Override
    protected void leftQueuePart(Object token, Throwable thrown) {
        ((Part) token).sent(thrown);
    }

    private QueueGuard queue(Object session) {
        QueueGuard known = guards.findQueue(session);
        if (known != null) {
            return known;
        }
        if (bean == null) {
            register();
        }
        return guards.queue(session, JettySessions.of(session).path(session, UNKNOWN));
    }

    // ----

    private synchronized void register() {
        if (bean == null && !isRefused) {
            try {
                bean = Registration.of("agent");
            } catch (RuntimeException | LinkageError e) { // a JVM without the module java.management
                isRefused = true;
                System.err.println("Twintrace agent: goes on without an MXBean: " + e);
            }
        }
    }

    synchronized void end() {
        install(null);
        guards.end();
        isRefused = true;
        if (bean != null) {
            bean.close();
            bean = null;
        }
    }

    /** Returns true also if nobody can tell. */
    private static boolean isOpen(Object session) {
        try {
            Method open = Engines.interfaceOf(Role.SESSION, session.getClass()).getMethod("isOpen");
            return (boolean) open.invoke(session);
        } catch (InvocationTargetException e) { // of a session that is closed already
            return false;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return true;
        }
    }

    private static String path(Object session) {
        try {
            Method uri = Engines.interfaceOf(Role.SESSION, session.getClass()).getMethod("getRequestURI");
            return ((URI) uri.invoke(session)).getRawPath();
        } catch (ReflectiveOperationException | RuntimeException e) { // of a session that is closed already
            return UNKNOWN;
        }
    }
}
