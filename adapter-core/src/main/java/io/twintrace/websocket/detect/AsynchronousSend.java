package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Future;

/**
 * A send that goes on after its call has returned, until the engine has completed it. It may be complete before.
 * Remembers where the call was made. Keeps neither the thread nor the engine's objects reachable. Any thread may call
 * the methods.
 */
public final class AsynchronousSend {
    private final KnownThread caller;

    /** Null for a send that is only counted, and once it is complete, so that an idle session keeps no stack. */
    private volatile Writer account;

    private volatile boolean hasReturned;
    private volatile boolean complete;

    /** Null for a send that tells a handler of its end. An engine holds the result of one that goes on. */
    private volatile WeakReference<Future<?>> result;

    private AsynchronousSend(KnownThread caller, Writer account) {
        this.caller = caller;
        this.account = account;
    }

    /**
     * Begins a send. Call this inside the method, on the thread that called it.
     *
     * @param called the method
     * @return the send
     */
    public static AsynchronousSend begin(Operation called) {
        KnownThread caller = new KnownThread(Thread.currentThread());
        List<StackTraceElement> stack = List.of(StackTraces.ofCaller(called));
        String operation = "an asynchronous " + called.methodName();
        return new AsynchronousSend(caller, new Writer(caller.toString(), operation, Instant.now(), stack));
    }

    /** {@return a send that is never reported, because an earlier one was} */
    public static AsynchronousSend withoutStack() {
        return new AsynchronousSend(new KnownThread(Thread.currentThread()), null);
    }

    /** Records that the engine has completed it. Call this before the application learns of it. */
    public void complete() {
        complete = true;
        account = null;
    }

    /**
     * Records that a call has ended that tells a handler.
     *
     * @param thrown what it has thrown, or null
     */
    public void returned(Throwable thrown) {
        if (thrown != null) {
            complete();
        }
        hasReturned = true;
    }

    /**
     * Records that a call has ended that returns a future.
     *
     * @param future what the engine has returned; null if nothing tells of the end, which then counts as reached
     * @param thrown what it has thrown, or null
     */
    public void returned(Future<?> future, Throwable thrown) {
        if (future == null || future.isDone()) {
            complete();
        } else {
            result = new WeakReference<>(future);
        }
        returned(thrown);
    }

    /** {@return whether the engine has completed it, with or without success} */
    public boolean isComplete() {
        WeakReference<Future<?>> known = result;
        if (complete || known == null) {
            return complete;
        }
        Future<?> future = known.get();
        return future == null || future.isDone();
    }

    /**
     * {@return whether the thread is inside the call of this, so that what it calls is a part of it}
     *
     * @param thread the calling thread
     */
    public boolean isCalledBy(Thread thread) {
        return !hasReturned && !isComplete() && caller.is(thread);
    }

    KnownThread caller() {
        return caller;
    }

    /** The thread, the method and the stack of the call. */
    Writer account() {
        return account;
    }
}
