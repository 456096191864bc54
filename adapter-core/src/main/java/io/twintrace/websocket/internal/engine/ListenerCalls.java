package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import java.nio.ByteBuffer;

/**
 * The calls of a listener for one connection. What they throw is reported, closes the connection, and is told to
 * {@code onError}, which is called once. For the thread in the turn.
 */
final class ListenerCalls {
    private static final int MOST_TRIES = 60;

    private final WebSocketListener listener;
    private final ListenerThreads threads;
    private final FrameWriter output;
    private final CloseHandshake closing;

    /** Null where calls may take long. */
    private final CallSampler sampler;

    /** Whether the sampler was told of the connection, which is not over yet. */
    private volatile boolean sampled;

    /** Null while there were none. Written by the sampling thread. */
    private volatile SlowCalls slow;

    /** Set before the first call. */
    private WebSocketConnection connection;

    /** Whether it is too late to tell of an error: one was told of, or the last call is made. */
    private boolean errorTold;

    /** The first error that the log could not take; null while there is none. */
    private Throwable unlogged;

    private int tries;

    /** Of {@link UnloggedErrors}. */
    ListenerCalls nextUnlogged;

    /** @param sampler finds calls that take too long, if the listener says that there are none; null for nobody */
    ListenerCalls(
            WebSocketListener listener,
            ListenerThreads threads,
            FrameWriter output,
            CloseHandshake closing,
            CallSampler sampler) {
        this.sampler = listener.isNonBlocking() ? sampler : null;
        this.listener = listener;
        this.threads = threads;
        this.output = output;
        this.closing = closing;
    }

    void belongTo(WebSocketConnection shown) {
        connection = shown;
    }

    /** Whether the threads that call may be blocked. Any thread. */
    boolean mayBlock() {
        return !listener.isNonBlocking();
    }

    /** The first call; false when it has thrown. */
    boolean open() {
        UnloggedErrors.lookAgain();
        if (sampler != null) {
            sampled = true;
            sampler.opened();
        }
        return call(() -> listener.onOpen(connection));
    }

    /** False when the listener has thrown. */
    boolean message(WriteBatch turn, MessageType type, ByteBuffer payload) {
        ArrivedMessage view = turn.view();
        view.show(type, payload);
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

    /** Reports and tells what has gone wrong with the connection, if it is the first thing to do so. */
    void error(Throwable why) {
        if (!errorTold) {
            report(why);
            tell(why);
        }
    }

    /** The last call. */
    void close(CloseStatus status) {
        errorTold = true;
        boolean unused = call(() -> listener.onClose(connection, status));
    }

    /** What the listener, or a handler of control frames, has thrown. */
    void failed(Throwable t) {
        if (t instanceof CloseSentException && closing.requested() != null) {
            return; // this side is closing, which need not be an error; of another connection it is
        }
        report(t);
        CloseStatus close = t instanceof InvalidJsonException invalid
                ? invalid.closeStatus()
                : new CloseStatus(CloseCode.INTERNAL_ERROR, "listener failed");
        output.requestClose(close.payload());
        tell(t);
    }

    /** Tells the log, now or later. Does not throw, so that the caller can end the connection. */
    void report(Throwable why) {
        if (!log(why) && unlogged == null) {
            unlogged = why;
        }
    }

    /** No further call is made. Logs how many were slow, while the servlet still waits for the connection. */
    void over() {
        if (sampled) {
            sampled = false;
            sampler.closed();
            logSlowCalls();
        }
    }

    /** Everything is given back, so that there may be memory for what the log could not take. The last call here. */
    void ended() {
        if (unlogged != null && !log(unlogged)) {
            UnloggedErrors.add(this);
        }
    }

    /** Tries again what the log could not take, on a thread that may be blocked; for a minute at most. */
    void logElsewhere() {
        try {
            threads.starter().accept("websocket-log", this::ended);
        } catch (Throwable t) { // no thread, which is no better
            if (++tries < MOST_TRIES) {
                UnloggedErrors.add(this);
            }
        }
    }

    private boolean log(Throwable why) {
        try {
            threads.errors().accept(connection, why);
            return true;
        } catch (Throwable t) { // for want of memory
            return ++tries == MOST_TRIES;
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

    /** Finds calls that take too long; null for nobody. Any thread. */
    CallSampler sampler() {
        return sampler;
    }

    /**
     * The call that a thread is in, with that number of its turns and calls, has lasted for so long. For the sampling
     * thread, which must not be held up.
     *
     * @param isNew whether this was not told of the call before
     */
    void callLasts(WriteBatch turn, long call, long nanos, boolean isNew) {
        if (!sampled) {
            return; // the last call has returned meanwhile
        }
        if (slow == null) {
            slow = new SlowCalls(connection, listener, sampler.threshold());
        }
        slow.lasts(nanos, isNew);
        if (!slow.isLogged()) {
            String text = slow.firstText(turn, call, nanos);
            threads.starter().accept("websocket-log", () -> threads.warnings().accept(text));
            slow.logged(); // only now: where there was no thread to be had, the next look tries again
        }
    }

    private void logSlowCalls() {
        SlowCalls calls = slow;
        if (calls != null && calls.isLogged()) {
            try {
                threads.warnings().accept(calls.endText());
            } catch (Throwable t) {
                // For want of memory. The first of them was logged.
            }
        }
    }

    private boolean call(Call call) {
        WriteBatch turn = WriteBatch.current();
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
