package io.twintrace.websocket.internal.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one thread does for one connection that calls a listener, from the event that brought it to the end of the
 * work. Frames that are written meanwhile, to any connection, leave together at the end, one write for each; and nothing
 * that is written waits, since the thread has other connections to serve.
 */
final class WriteBatch {
    /** Weak, so that threads of the container do not keep the application's classes in memory. */
    private static final ThreadLocal<WeakReference<WriteBatch>> OF_THREAD = new ThreadLocal<>();

    private static final VarHandle CALLS = field("calls", long.class);
    private static final VarHandle OWNER = field("owner", ListenerCalls.class);

    /** Whose output has something put aside. */
    private final List<FrameWriter> pending = new ArrayList<>();

    private final ArrivedMessage view = new ArrivedMessage();
    private final Thread thread = Thread.currentThread();
    private boolean active;

    /** Whose turn it is; null between turns. Read by the sampling thread, and meant for that alone. */
    @SuppressWarnings("unused") // by OWNER
    private ListenerCalls owner;

    /** How many turns and calls have begun. For the sampling thread as well. */
    private long calls;

    /** The latest buffer that a window was made on: most likely the next one's too. */
    private ByteBuffer windowOn;

    private ByteBuffer window;

    private WriteBatch() {}

    /** Begins the calling thread's turn for that connection; the thread must not be in one already. */
    static WriteBatch begin(ListenerCalls owner) {
        WriteBatch turn = ofThread();
        if (turn == null) {
            turn = new WriteBatch();
            OF_THREAD.set(new WeakReference<>(turn));
            CallSampler.add(turn);
        }
        if (turn.active) {
            throw new IllegalStateException("a turn within another one");
        }
        turn.active = true;
        turn.callBegins(); // first, so that no old call is taken for one of this owner's
        OWNER.setRelease(turn, owner);
        return turn;
    }

    /** Whether the calls in this turn may take long. */
    boolean mayBlock() {
        return owner.mayBlock();
    }

    /** The calling thread's turn, or null. */
    static WriteBatch current() {
        WriteBatch turn = ofThread();
        return turn != null && turn.active ? turn : null;
    }

    private static WriteBatch ofThread() {
        WeakReference<WriteBatch> turn = OF_THREAD.get();
        return turn == null ? null : turn.get();
    }

    /** A call of the application begins; it ends with the next one, or with the turn. */
    void callBegins() {
        CALLS.setRelease(this, calls + 1);
    }

    /** How many turns and calls have begun. Any thread. */
    long calls() {
        return (long) CALLS.getAcquire(this);
    }

    /** Whose turn it is, or null. Any thread. */
    ListenerCalls owner() {
        return (ListenerCalls) OWNER.getAcquire(this);
    }

    /** Whose turns these are. Any thread. */
    Thread thread() {
        return thread;
    }

    /** What listeners are shown messages through. */
    ArrivedMessage view() {
        return view;
    }

    /** A part of the buffer, through a view that is used again for the next one. */
    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    ByteBuffer window(ByteBuffer buffer, int start, int length) {
        if (windowOn != buffer) {
            windowOn = buffer;
            window = buffer.duplicate();
        }
        return window.clear().position(start).limit(start + length);
    }

    /** Takes note of an output that has put something aside. */
    void add(FrameWriter output) {
        if (pending.isEmpty() || pending.get(pending.size() - 1) != output) {
            pending.add(output);
        }
    }

    /** To how many peers something was put aside so far. */
    int pending() {
        return pending.size();
    }

    /** Sends what was put aside so far. */
    void flush() {
        for (int i = 0; i < pending.size(); i++) {
            try {
                pending.get(i).flushOwn();
            } catch (Throwable t) {
                // That connection is broken off, and its listener is told.
            }
        }
        pending.clear();
    }

    void end() {
        try {
            flush();
        } finally {
            OWNER.setRelease(this, null);
            active = false;
        }
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(WriteBatch.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
