package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.Gate;
import java.lang.ref.WeakReference;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Map;
import java.util.WeakHashMap;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectableChannelEndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Wakes the readers for which a selector has found input, several at a time, and before it selects again at the latest.
 * If woken one by one, each would wake a sleeping thread of a processor, which sleeps again before the next reader
 * comes. That costs a tenth of a small message.
 */
final class WakeUps implements ManagedSelector.SelectorUpdate {
    /** The maximum number of readers to wake together. Smaller with more processors, because these may be idle. */
    static final int MAX_TOGETHER = Math.max(4, 64 / Runtime.getRuntime().availableProcessors());

    /** Wakes at once, for endpoints whose selector is unknown. */
    private static final WakeUps AT_ONCE = new WakeUps(null, SharedTurns.none());

    /** By selector. Weak, because the server may be gone before the application is. */
    private static final Map<ManagedSelector, WakeUps> ALL = new WeakHashMap<>();

    private final WeakReference<ManagedSelector> selector;
    private final SharedTurns turns;

    // Guarded by this. Mostly used by the selector thread only.
    private final Gate[] due = new Gate[MAX_TOGETHER];
    private volatile int count; // any thread may read it

    private WakeUps(ManagedSelector selector, SharedTurns turns) {
        this.selector = new WeakReference<>(selector);
        this.turns = turns;
    }

    /** Returns the object of the endpoint's selector. */
    static WakeUps of(Connector connector, EndPoint endPoint) {
        if (connector instanceof ServerConnector server && endPoint instanceof SelectableChannelEndPoint selectable) {
            SelectableChannel channel = selectable.getChannel();
            for (ManagedSelector each : server.getSelectorManager().getBeans(ManagedSelector.class)) {
                if (channel.keyFor(each.getSelector()) != null) {
                    synchronized (ALL) {
                        return ALL.computeIfAbsent(
                                each, one -> new WakeUps(one, SharedTurns.of(one, server.getSelectorManager())));
                    }
                }
            }
        }
        return AT_ONCE;
    }

    /** Returns the channel's key; null if the selector is unknown, or the channel is closed. */
    SelectionKey keyOf(SelectableChannel channel) {
        ManagedSelector known = selector.get();
        return known == null ? null : channel.keyFor(known.getSelector());
    }

    /** Returns the turns that wait for the selector's thread or another. */
    SharedTurns turns() {
        return turns;
    }

    /** Opens the gate now or soon, before the selector selects again. */
    void open(Gate gate) {
        ManagedSelector waker = selector.get();
        if (waker == null) {
            gate.open();
        } else {
            add(gate, waker);
        }
    }

    private synchronized void add(Gate gate, ManagedSelector waker) {
        due[count++] = gate;
        if (count == MAX_TOGETHER) {
            openAll();
        } else if (count == 1) {
            submitTo(waker);
        }
    }

    private void submitTo(ManagedSelector waker) {
        try {
            waker.submit(this);
        } catch (Throwable t) { // for lack of memory
            openAll();
            throw t;
        }
    }

    /** Opens all waiting gates. Call this before an operation that may take long. */
    void openNow() {
        if (count > 0) {
            update(null);
        }
    }

    @Override
    public synchronized void update(Selector unused) {
        openAll();
    }

    /** Opens all waiting gates, even if one fails: there may be no memory, or no thread, to wake a reader. */
    private void openAll() {
        Error failure = null;
        int all = count;
        count = 0;
        for (int i = 0; i < all; i++) {
            Gate gate = due[i];
            due[i] = null;
            try {
                gate.open();
            } catch (Error e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
