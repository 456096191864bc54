package io.twintrace.websocket.internal.jetty.endpoint;

import java.nio.channels.SelectionKey;
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
    private final SocketChannelEndPoint endPoint;
    private final InputReport report;

    /** Whether Jetty's endpoint is interested in input. While it is, the selector finds input that nobody awaits. */
    private volatile boolean isInterested;

    // Used only by the selector's thread.
    private SelectionKey key;

    /** Whether Jetty's endpoint is owed an update. At first it may be, for the request that has led here. */
    private boolean owesUpdate = true;

    private SelectedEndPoint(SocketChannelEndPoint endPoint, SelectionKey key, InputReport report) {
        super(endPoint);
        this.endPoint = endPoint;
        this.key = key;
        this.report = report;
    }

    /**
     * Takes the endpoint's place. Call this while it waits for nothing.
     *
     * @param key the endpoint's key
     * @param report reports what the selector finds
     */
    static SelectedEndPoint replace(SocketChannelEndPoint endPoint, SelectionKey key, InputReport report) {
        SelectedEndPoint selected = new SelectedEndPoint(endPoint, key, report);
        key.attach(selected);
        return selected;
    }

    /** Has the selector look for input, for somebody who awaits it already. Any thread, one at a time. */
    void beInterested() {
        if (!isInterested) {
            isInterested = true;
            endPoint.fillInterested(this);
        }
    }

    // ---- The selector's thread ------------------------------------------------------------------------------------

    /** Returns what Jetty has to run; null if there is nothing left to do. */
    @Override
    public Runnable onSelected() {
        report.turns().countSelected();
        if (key.readyOps() == SelectionKey.OP_READ && isInterested && report.here()) {
            return null;
        }
        owesUpdate = true;
        return endPoint.onSelected();
    }

    /** Jetty calls this after {@link #onSelected}, before it selects again. */
    @Override
    public void updateKey() {
        report.turns().selectionHasEnded();
        if (owesUpdate) {
            owesUpdate = false;
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
        isInterested = false; // first: who begins to wait looks at this after it has, so that one sees the other
        boolean unused = report.here();
    }

    /** Any thread. */
    @Override
    public void failed(Throwable cause) {
        isInterested = false;
        report.elsewhere();
    }
}
