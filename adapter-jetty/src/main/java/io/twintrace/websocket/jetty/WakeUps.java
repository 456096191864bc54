package io.twintrace.websocket.jetty;

import io.twintrace.websocket.internal.io.Gate;
import java.lang.ref.WeakReference;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.util.Map;
import java.util.WeakHashMap;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectableChannelEndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;

/**
 * Wakes the readers for whom a selector has found input: several at a time, and at the latest before it selects again.
 * Woken one by one, each would wake a processor's thread for itself, which sleeps again before the next one comes; that
 * costs a tenth of a small message.
 */
final class WakeUps implements ManagedSelector.SelectorUpdate {
    /** Wakes at once: for endpoints that no selector is known of. */
    private static final WakeUps AT_ONCE = new WakeUps(null);

    /** So many do not wait for those that the selector has not come to yet: as few as there may be processors idle. */
    static final int MOST = Math.max(4, 64 / Runtime.getRuntime().availableProcessors());

    /** By selector. Weak, as the server may be gone before the application is. */
    private static final Map<ManagedSelector, WakeUps> ALL = new WeakHashMap<>();

    private final WeakReference<ManagedSelector> selector;

    // Guarded by this: mostly the selector's thread alone.
    private final Gate[] due = new Gate[MOST];
    private volatile int count; // read by anybody

    private WakeUps(ManagedSelector selector) {
        this.selector = new WeakReference<>(selector);
    }

    /** Those of the selector that looks after the endpoint. */
    static WakeUps of(Connector connector, EndPoint endPoint) {
        if (connector instanceof ServerConnector server && endPoint instanceof SelectableChannelEndPoint selectable) {
            SelectableChannel channel = selectable.getChannel();
            for (ManagedSelector each : server.getSelectorManager().getBeans(ManagedSelector.class)) {
                if (channel.keyFor(each.getSelector()) != null) {
                    synchronized (ALL) {
                        return ALL.computeIfAbsent(each, WakeUps::new);
                    }
                }
            }
        }
        return AT_ONCE;
    }

    /** Opens the gate now or soon, in any case before the selector selects again. */
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
        if (count == MOST) {
            openAll();
        } else if (count == 1) {
            submitTo(waker);
        }
    }

    private void submitTo(ManagedSelector waker) {
        try {
            waker.submit(this);
        } catch (Throwable t) { // for want of memory
            openAll();
            throw t;
        }
    }

    /** Opens those that are due: before something that may take long. */
    void openNow() {
        if (count > 0) {
            update(null);
        }
    }

    @Override
    public synchronized void update(Selector unused) {
        openAll();
    }

    /** Each of them, whatever becomes of another one: waking a thread may fail for want of memory, or of a thread. */
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
