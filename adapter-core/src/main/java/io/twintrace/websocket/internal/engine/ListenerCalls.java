package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.read.ArrivedMessage;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import java.nio.ByteBuffer;

/**
 * Calls the listener of one connection. An exception that the listener throws is logged, closes the connection, and is
 * passed to {@code onError}, which is called once. Only the thread in the turn calls these methods, except where they
 * say otherwise.
 */
final class ListenerCalls extends UnloggedErrors.Entry implements ListenerTurn.Owner {
    private static final int MAX_TRIES = 60;

    private final WebSocketListener listener;
    private final ListenerThreads threads;
    private final ControlFrameWriter control;
    private final CloseHandshake closing;
    private final WebSocketOptions options;

    /** Null if calls may take long, or if slow calls are not reported. */
    private final CallSampler sampler;

    /** Whether the sampler counts the connection, which is not over yet. */
    private volatile boolean sampled;

    /** Null until a call was slow. Written by the sampling thread. */
    private volatile SlowCalls slow;

    /** Set before the first call. */
    private WebSocketConnection connection;

    /** Whether it is too late for {@code onError}: it was called, or the last call is made. */
    private boolean errorTold;

    /** The first error that the log could not take; null if there is none. */
    private Throwable unlogged;

    private int tries;

    /** @param sampler finds slow calls, if the listener says that it never blocks; null for none */
    ListenerCalls(
            WebSocketListener listener,
            ListenerThreads threads,
            ControlFrameWriter control,
            CloseHandshake closing,
            WebSocketOptions options,
            CallSampler sampler) {
        this.sampler = listener.isNonBlocking() ? sampler : null;
        this.listener = listener;
        this.threads = threads;
        this.control = control;
        this.closing = closing;
        this.options = options;
    }

    void attach(WebSocketConnection shown) {
        connection = shown;
    }

    /** Returns whether the listener may block the threads that call it. Any thread may call this. */
    @Override
    public boolean mayBlock() {
        return !listener.isNonBlocking();
    }

    /** Makes the first call. Returns false if the listener has thrown. */
    boolean open() {
        UnloggedErrors.lookAgain();
        if (sampler != null) {
            sampled = true;
            sampler.opened();
        }
        return call(() -> listener.onOpen(connection));
    }

    /** Shows a message to the listener. Returns false if the listener has thrown. */
    boolean message(ListenerTurn turn, MessageType type, ByteBuffer payload) {
        ArrivedMessage view = turn.view();
        view.show(options, type, payload);
        turn.callBegins();
        try {
            listener.onMessage(connection, view);
            return true;
        } catch (Throwable t) {
            failed(t);
            return false;
        } finally {
            view.hide();
        }
    }

    /** Logs what has gone wrong with the connection and passes it to {@code onError}, if it is the first error. */
    void error(Throwable why) {
        if (!errorTold) {
            report(why);
            tell(why);
        }
    }

    /** Makes the last call. */
    void close(CloseStatus status) {
        errorTold = true;
        boolean unused = call(() -> listener.onClose(connection, status));
    }

    /** Handles an exception that the listener or a handler of control frames has thrown. */
    void failed(Throwable t) {
        if (t instanceof CloseSentException && closing.requested() != null) {
            return; // this side is closing, so this need not be an error; from another connection it is one
        }
        report(t);
        CloseStatus close = t instanceof InvalidJsonException invalid
                ? invalid.closeStatus()
                : new CloseStatus(CloseCode.INTERNAL_ERROR, "listener failed");
        control.requestClose(close.payload());
        tell(t);
    }

    /** Logs an error, now or later. Does not throw, so that the caller can end the connection. */
    void report(Throwable why) {
        if (!log(why) && unlogged == null) {
            unlogged = why;
        }
    }

    /**
     * Ends the search for slow calls, and logs how many there were. Call this after the last call, while the servlet
     * still waits for the connection.
     */
    void over() {
        if (sampled) {
            sampled = false;
            sampler.closed();
            logSlowCalls();
        }
    }

    /**
     * Logs what the log could not take before. Call this last, after everything is given back, because there may be
     * memory then.
     */
    void ended() {
        if (unlogged != null && !log(unlogged)) {
            UnloggedErrors.add(this);
        }
    }

    /** Tries again to log the error, on a thread that may be blocked. Gives up after a minute. */
    @Override
    void logElsewhere() {
        try {
            threads.starter().accept("websocket-log", this::ended);
        } catch (Throwable t) { // no thread, which is no better than no memory
            if (++tries < MAX_TRIES) {
                UnloggedErrors.add(this);
            }
        }
    }

    private boolean log(Throwable why) {
        try {
            threads.errors().accept(connection, why);
            return true;
        } catch (Throwable t) { // no memory
            return ++tries == MAX_TRIES;
        }
    }

    private void tell(Throwable error) {
        if (!errorTold) {
            errorTold = true;
            boolean unused = call(() -> listener.onError(connection, error));
        }
    }

    private interface Call {
        void make() throws Exception;
    }

    /** Returns what finds slow calls; null for none. Any thread may call this. */
    @Override
    public Object sampler() {
        return sampler;
    }

    /**
     * Notes that the call that a thread is in takes too long. The sampling thread calls this, and must not be held up.
     *
     * @param call the number of the call among the turns and calls of the thread
     * @param nanos how long it has lasted so far
     * @param isNew whether this is the first time for this call
     */
    @Override
    public void callLasts(ListenerTurn turn, long call, long nanos, boolean isNew) {
        if (!sampled) {
            return; // the last call has returned meanwhile
        }
        if (slow == null) {
            slow = new SlowCalls(connection, listener, ListenerCalls.class, sampler.threshold());
        }
        slow.lasts(nanos, isNew);
        if (!slow.isLogged()) {
            String text = slow.firstText(turn, call, nanos);
            threads.starter().accept("websocket-log", () -> threads.warnings().accept(text));
            slow.logged(); // only now: if no thread was available, the next look tries again
        }
    }

    private void logSlowCalls() {
        SlowCalls calls = slow;
        if (calls != null && calls.isLogged()) {
            try {
                threads.warnings().accept(calls.endText());
            } catch (Throwable t) {
                // No memory. The first of the calls was logged.
            }
        }
    }

    private boolean call(Call call) {
        ListenerTurn turn = ListenerTurn.currentTurn();
        if (turn != null) {
            turn.callBegins();
        }
        try {
            call.make();
            return true;
        } catch (Throwable t) {
            failed(t);
            return false;
        }
    }
}
