package io.twintrace.websocket.internal.jetty.endpoint;

import java.lang.ref.WeakReference;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ManagedSelector;

/**
 * Turns that are expected to take long, of the connections for which a selector has found input. The selector's thread
 * takes one after another before it selects again, and after all short ones. While several wait, other threads take
 * some of them, so that they use all processors. A turn that waits alone costs no change of threads.
 */
final class LongTurns implements ManagedSelector.SelectorUpdate {
    /** The most threads that help at a time, those of all selectors together. */
    private static final int MAX_HELPERS = Runtime.getRuntime().availableProcessors() - 1;

    private static final AtomicInteger HELPERS = new AtomicInteger();

    /** Weak, because the server may be gone before the application is. */
    private final WeakReference<Executor> threads;

    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isSubmitted;

    /** @param threads run a task that does not block */
    LongTurns(Executor threads) {
        this.threads = new WeakReference<>(threads);
    }

    /** Has a turn taken before the selector selects again. Any thread. */
    void add(Runnable turn, ManagedSelector selector) {
        boolean isFirst;
        synchronized (this) {
            waiting.add(turn);
            isFirst = !isSubmitted;
            isSubmitted = true;
        }
        if (isFirst) {
            boolean submitted = false;
            try {
                selector.submit(this);
                submitted = true;
            } finally {
                if (!submitted) { // for lack of memory
                    update(null);
                }
            }
        }
    }

    @Override
    public void update(Selector unused) {
        synchronized (this) {
            isSubmitted = false;
        }
        takeAll();
    }

    /** Takes all turns, even if one fails. */
    private void takeAll() {
        Error failure = null;
        for (Runnable turn; (turn = next()) != null; ) {
            try {
                turn.run();
            } catch (Error e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Calls another thread if more wait. */
    private Runnable next() {
        Runnable turn;
        boolean more;
        synchronized (this) {
            turn = waiting.poll();
            more = !waiting.isEmpty();
        }
        if (more && HELPERS.get() < MAX_HELPERS) {
            callHelper();
        }
        return turn;
    }

    private void callHelper() {
        Executor available = threads.get();
        if (available == null) {
            return;
        }
        boolean called = false;
        HELPERS.incrementAndGet();
        try {
            available.execute(this::help);
            called = true;
        } catch (RejectedExecutionException e) {
            // The server is stopping. This thread does the work alone.
        } finally {
            if (!called) {
                HELPERS.decrementAndGet();
            }
        }
    }

    private void help() {
        try {
            takeAll();
        } finally {
            HELPERS.decrementAndGet();
        }
    }
}
