package io.twintrace.websocket.internal.write;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections that one thread has written to while it serves a listener's connection, or offers to outboxes. Their
 * frames leave together at the end, with one write for each connection. Meanwhile the thread does not wait for any peer,
 * because it has other connections to serve. A <i>turn</i> is the time of such service, from the event to the flush of
 * this batch.
 */
public abstract class WriteBatch {
    /** Weak, so that threads of the container do not keep the application's classes in memory. */
    private static final ThreadLocal<WeakReference<WriteBatch>> OF_THREAD = new ThreadLocal<>();

    /** One connection that has put frames aside. */
    interface Member {
        /** Sends these frames. */
        void flush();
    }

    private final List<Member> members = new ArrayList<>();
    private boolean active;
    private boolean mayBlock;
    private volatile boolean flushing;

    /** Makes this the calling thread's batch. */
    protected final void attachToThread() {
        OF_THREAD.set(new WeakReference<>(this));
    }

    /** Returns the calling thread's batch, active or not; null if it has none yet. */
    protected static WriteBatch ofThread() {
        WeakReference<WriteBatch> batch = OF_THREAD.get();
        return batch == null ? null : batch.get();
    }

    /** Returns the calling thread's batch; null outside a turn. */
    public static WriteBatch current() {
        WriteBatch batch = ofThread();
        return batch != null && batch.active ? batch : null;
    }

    /**
     * Returns whether the calling thread may wait for a peer. A thread in a turn or in a batch of offers may not,
     * because it has other connections to serve.
     */
    public static boolean mayWait() {
        return current() == null;
    }

    /**
     * Begins a turn. The thread must not be in one already.
     *
     * @param callsMayBlock whether the calls in this turn may take long
     */
    protected final void activate(boolean callsMayBlock) {
        if (active) {
            throw new IllegalStateException("a turn cannot begin within another turn");
        }
        active = true;
        mayBlock = callsMayBlock;
    }

    /** Ends the turn. */
    protected final void deactivate() {
        active = false;
    }

    final boolean isActive() {
        return active;
    }

    /** Returns whether the flush of this batch may be late, so that a timer has to send the frames. */
    public final boolean mayBlock() {
        return mayBlock;
    }

    /** Returns whether the thread may keep frames put aside when it has made its offers. */
    boolean mayLinger() {
        return false;
    }

    /** Returns whether the thread is just sending the frames. Any thread may call this, and need not be certain. */
    public final boolean isFlushing() {
        return flushing;
    }

    /** Notes that a timer had to send the frames. Any thread may call this. */
    public void wasLate() {
        // The next turn is a new one.
    }

    /** Notes a connection that has put frames aside. */
    final void add(Member member) {
        if (members.isEmpty() || members.get(members.size() - 1) != member) {
            members.add(member);
        }
    }

    /** Returns the number of connections that have put frames aside. */
    public final int members() {
        return members.size();
    }

    /** Sends all frames that were put aside. */
    public final void flush() {
        if (members.isEmpty()) {
            return;
        }
        flushing = true;
        try {
            flushMembers();
        } finally {
            flushing = false;
        }
    }

    private void flushMembers() {
        for (int i = 0; i < members.size(); i++) {
            try {
                members.get(i).flush();
            } catch (Throwable t) {
                // An IOException has broken that connection off. After an error, its next write sends the frames.
            }
        }
        members.clear();
    }
}
