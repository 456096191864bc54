package io.twintrace.websocket.internal.jetty.endpoint;

import io.twintrace.websocket.internal.io.PushTransport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.SelectionKey;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.Callback;

/**
 * Stands for the endpoint of a non-blocking listener in Jetty's selector, and reports input from there. The key stays
 * interested in input from one message to the next. Jetty's endpoint takes the interest away each time, and sets it
 * again once somebody waits, which takes several locks and touches a dozen objects. Everything else is left to Jetty's
 * endpoint: to write, and input that comes while nobody waits for it.
 *
 * <p>It is an {@code EndPoint} because Jetty closes the attachments of its keys when it stops.
 */
final class SelectedEndPoint extends ForwardingEndPoint implements ManagedSelector.Selectable, Callback {
    private static final VarHandle AWAITED;

    static {
        try {
            AWAITED = MethodHandles.lookup().findVarHandle(SelectedEndPoint.class, "awaited", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final SocketChannelEndPoint endPoint;
    private final PushTransport.Events events;
    private final Executor elsewhere;
    private final WakeUps wakeUps;

    /** Whether to report the next input. */
    private volatile boolean awaited;

    /** Whether Jetty's endpoint is interested in input. While it is, the selector finds input that nobody awaits. */
    private volatile boolean isInterested;

    // Used only by the selector's thread.
    private SelectionKey key;

    /** At first, Jetty may owe the endpoint an update for the request that led here. */
    private boolean isLeftToJetty = true;

    private SelectedEndPoint(
            SocketChannelEndPoint endPoint,
            SelectionKey key,
            PushTransport.Events events,
            Executor elsewhere,
            WakeUps wakeUps) {
        super(endPoint);
        this.endPoint = endPoint;
        this.key = key;
        this.events = events;
        this.elsewhere = elsewhere;
        this.wakeUps = wakeUps;
    }

    /**
     * Takes the endpoint's place. Call this while it waits for nothing.
     *
     * @param key the endpoint's key
     * @param events do not block
     * @param elsewhere runs a task on a thread that may block
     */
    static SelectedEndPoint replace(
            SocketChannelEndPoint endPoint,
            SelectionKey key,
            PushTransport.Events events,
            Executor elsewhere,
            WakeUps wakeUps) {
        SelectedEndPoint selected = new SelectedEndPoint(endPoint, key, events, elsewhere, wakeUps);
        key.attach(selected);
        return selected;
    }

    /** Asks for one call of {@link PushTransport.Events#readable}. Any thread, one at a time. */
    void awaitInput() {
        awaited = true; // first: see succeeded
        if (!isInterested) {
            isInterested = true;
            endPoint.fillInterested(this);
        }
    }

    // ---- The selector's thread ------------------------------------------------------------------------------------

    /** Returns what Jetty has to run; null if there is nothing left to do. */
    @Override
    public Runnable onSelected() {
        if (key.readyOps() == SelectionKey.OP_READ && isInterested && take()) {
            report();
            return null;
        }
        isLeftToJetty = true;
        return endPoint.onSelected();
    }

    private boolean take() {
        return awaited && AWAITED.compareAndSet(this, true, false);
    }

    private void report() {
        wakeUps.openNow(); // the readers of earlier input, because the next step may take long
        events.readable();
    }

    /** Jetty calls this after {@link #onSelected}, before it selects again. */
    @Override
    public void updateKey() {
        if (isLeftToJetty) {
            isLeftToJetty = false;
            endPoint.updateKey();
        }
    }

    @Override
    public void replaceKey(SelectionKey newKey) {
        key = newKey;
        endPoint.replaceKey(newKey);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    /** Jetty's endpoint has found input, and is no longer interested. */
    @Override
    public void succeeded() {
        isInterested = false; // first: awaitInput does the same in reverse, so that one of the two sees the other
        if (take()) {
            report();
        }
    }

    /** Any thread. */
    @Override
    public void failed(Throwable cause) {
        isInterested = false;
        if (take()) {
            elsewhere.execute(events::readable); // not here: any code may be closing the endpoint
        }
    }
}
