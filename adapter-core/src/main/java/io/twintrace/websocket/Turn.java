package io.twintrace.websocket;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one thread does for one connection that calls a listener, from the event that brought it to the end of what
 * there is to do. Frames that are written meanwhile, to whichever connection, leave together at the end, one write for
 * each; and nothing that is written waits, since the thread has other connections to serve.
 */
final class Turn {
    /** Weak, so that threads of the container do not keep the application's classes in memory. */
    private static final ThreadLocal<WeakReference<Turn>> OF_THREAD = new ThreadLocal<>();

    /** Whose output has something put aside. */
    private final List<FrameOutput> pending = new ArrayList<>();

    private final MessageView view = new MessageView();
    private boolean active;

    /** The latest buffer that a window was made on: most likely the next one's too. */
    private ByteBuffer windowOn;

    private ByteBuffer window;

    private Turn() {}

    /** Begins the calling thread's turn, which must not be in one already. */
    static Turn begin() {
        Turn turn = ofThread();
        if (turn == null) {
            turn = new Turn();
            OF_THREAD.set(new WeakReference<>(turn));
        }
        if (turn.active) {
            throw new IllegalStateException("a turn within another one");
        }
        turn.active = true;
        return turn;
    }

    /** The calling thread's turn, or null. */
    static Turn current() {
        Turn turn = ofThread();
        return turn != null && turn.active ? turn : null;
    }

    private static Turn ofThread() {
        WeakReference<Turn> turn = OF_THREAD.get();
        return turn == null ? null : turn.get();
    }

    /** What listeners are shown messages through. */
    MessageView view() {
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
    void add(FrameOutput output) {
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
                // That connection is broken off, and whoever listens to it is told.
            }
        }
        pending.clear();
    }

    void end() {
        try {
            flush();
        } finally {
            active = false;
        }
    }
}
