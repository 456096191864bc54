package io.twintrace.websocket.internal.jetty.endpoint;

import java.io.Closeable;
import java.lang.ref.WeakReference;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;

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

    /** The part of the number of connections found lately that each further selection forgets. */
    private static final int FORGOTTEN = 8;

    /**
     * How much work has to wait for another thread to be called, since it costs a tenth of this to wake one; and how
     * much a thread takes at once.
     */
    private static final long WORTH_A_THREAD_NANOS = 50_000;

    /** The most turns that a thread takes at once. Neighbors in memory had better stay together. */
    private static final int MAX_TOGETHER = 32;

    // Weak, because the server may be gone before the application is.
    private final WeakReference<ManagedSelector> selector;
    private final WeakReference<Executor> threads;

    /** All selectors and their helpers together have about as many threads as there are processors. */
    private final int maxHelpers;

    private final AtomicInteger helpers = new AtomicInteger();

    // Guarded by this.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private long waitingNanos;
    private boolean isSubmitted;

    // Used only by the selector's thread.
    private int selected;

    /** The most connections that a selection has found lately. */
    private int selectedLately;

    private SharedTurns(ManagedSelector selector, Executor threads, int maxHelpers) {
        this.selector = new WeakReference<>(selector);
        this.threads = new WeakReference<>(threads);
        this.maxHelpers = maxHelpers;
    }

    static SharedTurns of(ManagedSelector selector, SelectorManager manager) {
        int processors = Runtime.getRuntime().availableProcessors();
        int perSelector = (processors + manager.getSelectorCount() - 1) / manager.getSelectorCount();
        return new SharedTurns(selector, manager.getExecutor(), perSelector - 1);
    }

    /** Shares nothing, for connections whose selector is unknown. */
    static SharedTurns none() {
        return new SharedTurns(null, null, 0);
    }

    // ---- The selector's thread ------------------------------------------------------------------------------------

    /** Counts a connection with input. */
    void countSelected() {
        selected++;
    }

    /**
     * Ends the count, before the selector selects again. May be called more than once. Input that comes late for one
     * selection is found by the next one, so some that find little do not end a crowd.
     */
    void selectionHasEnded() {
        if (selected > 0) {
            selectedLately = Math.max(selected, selectedLately - selectedLately / FORGOTTEN);
            selected = 0;
        }
    }

    /** Returns whether to share short turns as well. */
    boolean isCrowded() {
        return selectedLately > CROWD;
    }

    /**
     * Has a turn taken before the selector selects again, by any thread. It must not block. Returns false if it is not
     * to be shared.
     *
     * @param nanos how long it may take
     */
    boolean add(Runnable turn, int nanos) {
        ManagedSelector known = selector.get();
        if (known == null || maxHelpers == 0) {
            return false;
        }
        synchronized (this) {
            try {
                waiting.add(turn);
                if (!isSubmitted) {
                    known.submit(this);
                    isSubmitted = true;
                }
                waitingNanos += nanos;
                return true;
            } catch (OutOfMemoryError e) {
                waiting.remove(turn);
                return false;
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

    // ---- Any thread -----------------------------------------------------------------------------------------------

    /** Takes all turns, even if one fails. */
    private void takeAll() {
        Throwable failure = null;
        Runnable[] mine = new Runnable[MAX_TOGETHER];
        for (int count; (count = takeSome(mine)) > 0; ) {
            for (int i = 0; i < count; i++) {
                try {
                    mine[i].run();
                } catch (Throwable t) {
                    failure = t;
                }
            }
        }
        if (failure != null) { // Jetty logs it
            throw new IllegalStateException("a connection's turn failed", failure);
        }
    }

    /** Takes one long turn or several short ones. Calls another thread if much waits. Returns the number taken. */
    private int takeSome(Runnable[] into) {
        int count = 0;
        boolean much;
        synchronized (this) {
            long each = waiting.isEmpty() ? 1 : waitingNanos / waiting.size();
            long wanted = Math.max(1, Math.min(into.length, WORTH_A_THREAD_NANOS / each));
            while (count < wanted && !waiting.isEmpty()) {
                into[count++] = waiting.remove();
            }
            waitingNanos = each * waiting.size();
            much = waitingNanos >= WORTH_A_THREAD_NANOS;
        }
        if (much && helpers.get() < maxHelpers) {
            callHelper();
        }
        return count;
    }

    private void callHelper() {
        Executor available = threads.get();
        if (available == null) {
            return;
        }
        Helper helper = new Helper();
        try {
            available.execute(helper);
        } catch (Throwable t) { // the server stops, or there is no memory for a thread: this one does the work alone
            helper.close();
        }
    }

    /** Jetty closes the tasks that it never runs. */
    private final class Helper implements Runnable, Closeable {
        private final AtomicBoolean isCounted = new AtomicBoolean(true);

        Helper() {
            helpers.incrementAndGet();
        }

        @Override
        public void run() {
            try {
                takeAll();
            } finally {
                close();
            }
        }

        @Override
        public void close() {
            if (isCounted.compareAndSet(true, false)) {
                helpers.decrementAndGet();
            }
        }
    }
}
