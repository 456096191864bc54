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
 * Turns of connections for which a selector has found input, as long as they wait for a thread. The selector's thread
 * takes one after another before it selects again. While several wait, other threads take some of them, so that they use
 * all processors. A turn that waits alone costs no change of threads.
 */
final class SharedTurns implements ManagedSelector.SelectorUpdate {
    /**
     * If a selector finds input for more connections at once, short turns are shared as well. Sharing the turns of fewer
     * costs more than it gains: each thread touches what another one has just written.
     */
    private static final int CROWD = 200;

    /** The most threads that help at a time, those of all selectors together. */
    private static final int MAX_HELPERS = Runtime.getRuntime().availableProcessors() - 1;

    private static final AtomicInteger HELPERS = new AtomicInteger();

    // Weak, because the server may be gone before the application is.
    private final WeakReference<ManagedSelector> selector;
    private final WeakReference<Executor> threads;

    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private boolean isSubmitted;

    // Used only by the selector's thread.
    private int selected;
    private int selectedBefore;

    /** @param threads run a task that does not block */
    SharedTurns(ManagedSelector selector, Executor threads) {
        this.selector = new WeakReference<>(selector);
        this.threads = new WeakReference<>(threads);
    }

    // ---- The selector's thread ------------------------------------------------------------------------------------

    /** Counts a connection with input. */
    void countSelected() {
        selected++;
    }

    /** Ends the count, before the selector selects again. May be called more than once. */
    void selectionHasEnded() {
        if (selected > 0) {
            selectedBefore = selected;
            selected = 0;
        }
    }

    /** Returns whether there are so many turns that even short ones should be shared. Any thread may call this. */
    boolean isCrowded() {
        return selectedBefore > CROWD;
    }

    @Override
    public void update(Selector unused) {
        synchronized (this) {
            isSubmitted = false;
        }
        takeAll();
    }

    // ---- Any thread -----------------------------------------------------------------------------------------------

    /**
     * Has a turn taken before the selector selects again, by any thread. It must not block. Returns false if the
     * selector is gone.
     */
    boolean add(Runnable turn) {
        ManagedSelector known = selector.get();
        if (known == null) {
            return false;
        }
        boolean isFirst;
        synchronized (this) {
            waiting.add(turn);
            isFirst = !isSubmitted;
            isSubmitted = true;
        }
        if (isFirst) {
            submitTo(known);
        }
        return true;
    }

    private void submitTo(ManagedSelector known) {
        boolean submitted = false;
        try {
            known.submit(this);
            submitted = true;
        } finally {
            if (!submitted) { // for lack of memory
                update(null);
            }
        }
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
