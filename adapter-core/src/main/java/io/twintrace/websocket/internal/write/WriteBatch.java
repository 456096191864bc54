package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.io.VirtualThreads;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The connections that one thread has written to while it serves a listener's connection, or offers to outboxes. Their
 * frames leave together at the end, with one write for each connection, unless there are very many. While the batch is
 * active, the thread does not wait for any peer, because it has other connections to serve. A <i>turn</i> is the time of
 * such service, from the event to the flush of this batch.
 */
public abstract class WriteBatch {
    /** Weak, so that threads of the container do not keep the application's classes in memory. */
    private static final ThreadLocal<WeakReference<WriteBatch>> OF_THREAD = new ThreadLocal<>();

    /**
     * Whether a virtual thread has ever had a batch. Until then none looks for its own, which costs memory for each that
     * looks.
     */
    private static volatile boolean onVirtualThreads;

    /** The most connections that may have put frames aside, since each of them holds a buffer of 16 KiB. */
    private static final int MAX_MEMBERS = 256;

    /** One connection that has put frames aside. */
    interface Member {
        /** Sends these frames. */
        void flush();
    }

    private final List<Member> members = new ArrayList<>();

    /** What the thread has put off to the end. */
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    /** Whether there are such tasks, or they run. Once another thread owns the batch, false means that they have run. */
    private volatile boolean hasTasks;

    private boolean runningTasks;

    private boolean active;
    private boolean mayBlock;
    private volatile boolean flushing;

    /** Makes this the calling thread's batch. */
    protected final void attachToThread() {
        if (VirtualThreads.isVirtual(Thread.currentThread())) {
            onVirtualThreads = true;
        }
        OF_THREAD.set(new WeakReference<>(this));
    }

    /** Returns the calling thread's batch, active or not; null if it has none yet. */
    protected static WriteBatch ofThread() {
        if (!onVirtualThreads && VirtualThreads.isVirtual(Thread.currentThread())) {
            return null;
        }
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

    /** Returns whether the thread is just sending the frames. Any thread may call this, and need not be certain. */
    public final boolean isFlushing() {
        return flushing;
    }

    /** Ends a batch of offers. */
    void endOffers() {
        try {
            flush();
        } finally {
            deactivate();
        }
    }

    /** Notes a connection that has put frames aside. */
    final void add(Member member) {
        if (members.isEmpty() || members.get(members.size() - 1) != member) {
            members.add(member);
        }
    }

    /**
     * Puts a task off to the end of the calling thread's batch, so that it finds more to do.
     *
     * @param task must not wait; runs before the frames leave, or on another thread if this one is late
     * @return false if no end is near, so that the caller has to run the task now
     */
    public static boolean putOff(Runnable task) {
        WriteBatch batch = ofThread();
        return batch != null && batch.takes(task);
    }

    /** Puts a task off, if this batch ends soon. */
    boolean takes(Runnable task) {
        boolean soon = active && !mayBlock;
        if (soon) {
            add(task);
        }
        return soon;
    }

    @SuppressWarnings("ReferenceEquality") // compares identity on purpose
    final void add(Runnable task) {
        if (tasks.peekLast() != task) {
            tasks.add(task);
            hasTasks = true;
        }
    }

    /**
     * Runs what the calling thread has put off, or waits up to a second for another thread that runs it, because the
     * caller is about to do something that has to come after that.
     *
     * @return as {@link #mayWait()}
     */
    public static boolean catchUp() {
        WriteBatch batch = ofThread();
        if (batch == null) {
            return true;
        }
        if (batch.hasTasks) {
            batch.runTasksNow();
        }
        return !batch.active;
    }

    /** Runs what was put off, for the thread whose batch this is. */
    void runTasksNow() {
        runTasks();
    }

    /** Returns the number of connections that have put frames aside. */
    public final int members() {
        return members.size();
    }

    /** Returns whether as many connections as may have put frames aside. */
    final boolean isFull() {
        return members.size() >= MAX_MEMBERS;
    }

    /** Sends the frames that were put aside, if as many connections as may have any. */
    public final void flushIfFull() {
        if (isFull()) {
            flushMembers();
        }
    }

    /** Runs what was put off. Then sends all frames that were put aside. */
    public final void flush() {
        runTasks();
        if (!members.isEmpty()) {
            flushMembers();
        }
    }

    final boolean isEmpty() {
        return members.isEmpty() && tasks.isEmpty();
    }

    /** Runs what was put off until now. */
    public final void runTasks() {
        if (!hasTasks || runningTasks) { // not inside one another, however many there are
            return;
        }
        runningTasks = true;
        try {
            runAllTasks();
        } finally {
            runningTasks = false;
            hasTasks = !tasks.isEmpty();
        }
    }

    private void runAllTasks() {
        for (Runnable task; (task = tasks.poll()) != null; ) {
            try {
                task.run();
            } catch (Throwable t) {
                // The task itself reports what went wrong, and is the same for all who use it: the others go on.
            }
        }
    }

    private void flushMembers() {
        flushing = true;
        try {
            while (!members.isEmpty()) { // a flush may add members, and even flush them
                flush(members.remove(members.size() - 1));
            }
        } finally {
            flushing = false;
        }
    }

    private static void flush(Member member) {
        try {
            member.flush();
        } catch (Throwable t) {
            // An IOException has broken that connection off. After an error, its next write sends the frames.
        }
    }
}
