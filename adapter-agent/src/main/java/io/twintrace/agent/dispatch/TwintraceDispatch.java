package io.twintrace.agent.dispatch;

import java.io.OutputStream;
import java.io.Writer;
import java.util.concurrent.Future;

/**
 * The only class of the agent that the woven methods of engines name. In the agent's jar it is
 * {@code java.lang.TwintraceDispatch}, which every class loader finds, also those of OSGi and JBoss Modules. Appending
 * the jar to the boot class path would do the same, but costs the JVM its archive of classes: half a second at start.
 *
 * <p>Refers to types of {@code java.base} alone.
 */
public abstract class TwintraceDispatch {
    /** A method of {@code RemoteEndpoint.Basic}. */
    public static final int SEND_TEXT = 0;
    /** A method of {@code RemoteEndpoint.Basic}. */
    public static final int SEND_BINARY = 1;
    /** A method of {@code RemoteEndpoint.Basic}. */
    public static final int SEND_OBJECT = 2;
    /** A method of {@code RemoteEndpoint.Basic}. */
    public static final int GET_SEND_STREAM = 3;
    /** A method of {@code RemoteEndpoint.Basic}. */
    public static final int GET_SEND_WRITER = 4;
    /** A method of {@code RemoteEndpoint}. */
    public static final int SEND_PING = 5;
    /** A method of {@code RemoteEndpoint}. */
    public static final int SEND_PONG = 6;

    /** Null while the agent does not run. Woven methods may outlive it by a call. */
    private static volatile TwintraceDispatch installed;

    /** Creates what the agent installs. */
    protected TwintraceDispatch() {}

    /**
     * Installs the agent.
     *
     * @param agent null to remove it
     */
    public static void install(TwintraceDispatch agent) {
        installed = agent;
    }

    /**
     * Enters a method.
     *
     * @param remote the object that sends
     * @param called the method
     * @return a token to leave it with
     */
    public static Object enter(Object remote, int called) {
        TwintraceDispatch agent = installed;
        return agent == null ? null : agent.entered(remote, called);
    }

    /**
     * Enters a method that sends a part of a message.
     *
     * @param remote the object that sends
     * @param isText whether it is text
     * @return a token to leave it with
     */
    public static Object enterPart(Object remote, boolean isText) {
        TwintraceDispatch agent = installed;
        return agent == null ? null : agent.enteredPart(remote, isText);
    }

    /**
     * Leaves a method that sends a whole message.
     *
     * @param token of {@link #enter}
     * @param called the method
     * @param thrown by the engine, or null
     */
    public static void leave(Object token, int called, Throwable thrown) {
        TwintraceDispatch agent = installed;
        if (agent != null && token != null) {
            agent.left(token, called, thrown);
        }
    }

    /**
     * Leaves a method that sends a part of a message.
     *
     * @param token of {@link #enterPart}
     * @param isText whether it is text
     * @param isLast whether no part follows
     * @param thrown by the engine, or null
     */
    public static void leavePart(Object token, boolean isText, boolean isLast, Throwable thrown) {
        TwintraceDispatch agent = installed;
        if (agent != null && token != null) {
            agent.leftPart(token, isText, isLast, thrown);
        }
    }

    /**
     * Leaves a method that opens a stream.
     *
     * @param token of {@link #enter}
     * @param remote the object that sends
     * @param opened null if the method has thrown
     * @param thrown by the engine, or null
     * @return what the application gets
     */
    public static OutputStream leaveOpening(Object token, Object remote, OutputStream opened, Throwable thrown) {
        TwintraceDispatch agent = installed;
        return agent == null || token == null ? opened : agent.leftOpening(token, remote, opened, thrown);
    }

    /**
     * Leaves a method that opens a writer.
     *
     * @param token of {@link #enter}
     * @param remote the object that sends
     * @param opened null if the method has thrown
     * @param thrown by the engine, or null
     * @return what the application gets
     */
    public static Writer leaveOpening(Object token, Object remote, Writer opened, Throwable thrown) {
        TwintraceDispatch agent = installed;
        return agent == null || token == null ? opened : agent.leftOpening(token, remote, opened, thrown);
    }

    /**
     * Enters a method that sends a ping or pong, on an engine that minds it.
     *
     * @param remote the object that sends
     * @param called the method
     */
    public static void enterControl(Object remote, int called) {
        TwintraceDispatch agent = installed;
        if (agent != null) {
            agent.enteredControl(remote, called);
        }
    }

    /**
     * Learns which session an object sends to.
     *
     * @param session the session
     * @param remote the object
     */
    public static void remoteOf(Object session, Object remote) {
        TwintraceDispatch agent = installed;
        if (agent != null && remote != null) {
            agent.hasRemote(session, remote);
        }
    }

    /**
     * Learns that a session is closed.
     *
     * @param session the session
     */
    public static void closed(Object session) {
        TwintraceDispatch agent = installed;
        if (agent != null) {
            agent.isClosed(session);
        }
    }

    /**
     * Enters a method that begins an asynchronous send.
     *
     * @param remote the object that sends
     * @param called the method
     * @return a token to leave it with
     */
    public static Object enterAsync(Object remote, int called) {
        TwintraceDispatch agent = installed;
        return agent == null ? null : agent.enteredAsync(remote, called);
    }

    /**
     * Returns a handler that learns of the end of an asynchronous send before the application does.
     *
     * @param token of {@link #enterAsync}
     * @param remote the object that sends
     * @param handler the application's, or null
     * @return what the engine gets
     */
    public static Object telling(Object token, Object remote, Object handler) {
        TwintraceDispatch agent = installed;
        return agent == null || token == null ? handler : agent.watching(token, remote, handler);
    }

    /**
     * Leaves a method that begins an asynchronous send and tells a handler of its end.
     *
     * @param token of {@link #enterAsync}
     * @param thrown by the engine, or null
     */
    public static void leaveAsync(Object token, Throwable thrown) {
        TwintraceDispatch agent = installed;
        if (agent != null && token != null) {
            agent.leftAsync(token, thrown);
        }
    }

    /**
     * Leaves a method that begins an asynchronous send and returns a future.
     *
     * @param token of {@link #enterAsync}
     * @param result what the method returns, or null
     * @param thrown by the engine, or null
     */
    public static void leaveAsync(Object token, Future<?> result, Throwable thrown) {
        TwintraceDispatch agent = installed;
        if (agent != null && token != null) {
            agent.leftAsync(token, result, thrown);
        }
    }

    // ---- Jetty's own sessions

    /**
     * Enters a method that queues a whole message.
     *
     * @param session the session
     * @param isText whether it is text
     */
    public static void enterQueue(Object session, boolean isText) {
        TwintraceDispatch agent = installed;
        if (agent != null) {
            agent.enteredQueue(session, isText);
        }
    }

    /**
     * Enters a method that queues a part of a message.
     *
     * @param session the session
     * @param isText whether it is text
     * @param isLast whether no part follows
     * @param callback what the engine tells how it went; may be null
     * @return a token, or null if it is of no interest what becomes of it
     */
    public static Object enterQueuePart(Object session, boolean isText, boolean isLast, Object callback) {
        TwintraceDispatch agent = installed;
        return agent == null ? null : agent.enteredQueuePart(session, isText, isLast, callback);
    }

    /**
     * Listens to a callback.
     *
     * @param token of {@link #enterQueuePart}
     * @param session the session
     * @param callback the application's
     * @return what the engine gets
     */
    public static Object queueCallback(Object token, Object session, Object callback) {
        TwintraceDispatch agent = installed;
        return agent == null || token == null ? callback : agent.listening(token, session, callback);
    }

    /**
     * Leaves a method that queues a part of a message.
     *
     * @param token of {@link #enterQueuePart}
     * @param thrown by the engine, or null
     */
    public static void leaveQueuePart(Object token, Throwable thrown) {
        TwintraceDispatch agent = installed;
        if (agent != null && token != null) {
            agent.leftQueuePart(token, thrown);
        }
    }

    /** {@link #enterQueue}. */
    protected abstract void enteredQueue(Object session, boolean isText);

    /** {@link #enterQueuePart}. */
    protected abstract Object enteredQueuePart(Object session, boolean isText, boolean isLast, Object callback);

    /** {@link #queueCallback}. */
    protected abstract Object listening(Object token, Object session, Object callback);

    /** {@link #leaveQueuePart}. */
    protected abstract void leftQueuePart(Object token, Throwable thrown);

    // ----

    /** {@link #enter}. */
    protected abstract Object entered(Object remote, int called);

    /** {@link #enterPart}. */
    protected abstract Object enteredPart(Object remote, boolean isText);

    /** {@link #leave}. */
    protected abstract void left(Object token, int called, Throwable thrown);

    /** {@link #leavePart}. */
    protected abstract void leftPart(Object token, boolean isText, boolean isLast, Throwable thrown);

    /** {@link #leaveOpening(Object, Object, OutputStream, Throwable)}. */
    protected abstract OutputStream leftOpening(Object token, Object remote, OutputStream opened, Throwable thrown);

    /** {@link #leaveOpening(Object, Object, Writer, Throwable)}. */
    protected abstract Writer leftOpening(Object token, Object remote, Writer opened, Throwable thrown);

    /** {@link #enterAsync}. */
    protected abstract Object enteredAsync(Object remote, int called);

    /** {@link #telling}. */
    protected abstract Object watching(Object token, Object remote, Object handler);

    /** {@link #leaveAsync(Object, Throwable)}. */
    protected abstract void leftAsync(Object token, Throwable thrown);

    /** {@link #leaveAsync(Object, Future, Throwable)}. */
    protected abstract void leftAsync(Object token, Future<?> result, Throwable thrown);

    /** {@link #enterControl}. */
    protected abstract void enteredControl(Object remote, int called);

    /** {@link #remoteOf}. */
    protected abstract void hasRemote(Object session, Object remote);

    /** {@link #closed}. */
    protected abstract void isClosed(Object session);
}
