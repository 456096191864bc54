package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.read.ArrivedMessage;
import io.twintrace.websocket.internal.read.IncomingMessages;
import io.twintrace.websocket.internal.read.Source;
import io.twintrace.websocket.internal.write.WriteBatch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * What one thread does for one listener's connection, from the event that brought the thread there to the end of the
 * work. The thread reuses it for its next turn.
 */
final class ListenerTurn extends WriteBatch {
    /** The connection that a turn is for. */
    interface Owner {
        /** Returns whether the calls may take long. */
        boolean mayBlock();

        /** Returns what looks for calls that take too long; null if nothing does. Any thread may call this. */
        Object sampler();

        /**
         * Notes that a call lasts. The sampling thread calls this, and must not be held up.
         *
         * @param call the number of the call among the turns and calls of the thread
         * @param nanos how long it has lasted so far
         * @param isNew whether this is the first time for this call
         */
        void callLasts(ListenerTurn turn, long call, long nanos, boolean isNew);
    }

    private static final VarHandle CALLS = field("calls", long.class);
    private static final VarHandle OWNER = field("owner", Owner.class);

    private final ArrivedMessage view = new ArrivedMessage();
    private final Thread thread = Thread.currentThread();

    /** Whose turn it is; null between turns. Written by this thread, read by the sampling thread. */
    @SuppressWarnings("unused") // by OWNER
    private Owner owner;

    /** The number of turns and calls so far. For the sampling thread as well. */
    private long calls;

    /** The last pooled buffer that got a window. Most likely the next message lies in it too. */
    private ByteBuffer windowOn;

    private ByteBuffer window;

    /** Reads the connections of one turn after another, which all find it in the processor's cache; null if given away. */
    private IncomingMessages spare;

    /** Reads the connection of this turn; null before it reads. */
    private IncomingMessages messages;

    private ListenerTurn() {}

    /**
     * Begins a turn of the calling thread for a connection. The thread must not be in a turn already.
     *
     * @param onNew receives the turn if it is the thread's first one
     */
    static ListenerTurn begin(Owner owner, Consumer<ListenerTurn> onNew) {
        ListenerTurn turn = ofThread() instanceof ListenerTurn known ? known : null;
        if (turn == null) { // what a batch of offers of this thread has left put aside, a timer sends
            turn = new ListenerTurn();
            turn.attachToThread();
            onNew.accept(turn);
        }
        turn.activate(owner.mayBlock());
        turn.callBegins(); // first, so that the sampling thread does not ascribe an old call to this owner
        OWNER.setRelease(turn, owner);
        return turn;
    }

    /** Returns the calling thread's turn, or null. */
    static ListenerTurn currentTurn() {
        return current() instanceof ListenerTurn turn ? turn : null;
    }

    /** Notes that a call of the application begins. It ends with the next one, or with the turn. */
    void callBegins() {
        CALLS.setRelease(this, calls + 1);
    }

    /** Returns the number of turns and calls so far. Any thread. */
    long calls() {
        return (long) CALLS.getAcquire(this);
    }

    /** Returns whose turn it is, or null. Any thread. */
    Owner owner() {
        return (Owner) OWNER.getAcquire(this);
    }

    /** Returns the thread of these turns. Any thread. */
    Thread thread() {
        return thread;
    }

    /**
     * Begins to read the connection of this turn.
     *
     * @param kept what {@link #endReading} has returned for it before
     */
    void beginReading(Source source, IncomingMessages kept) {
        messages = kept;
        if (kept == null) {
            if (spare == null) {
                spare = new IncomingMessages();
            }
            spare.attach(source);
            messages = spare;
        }
    }

    /** Returns what reads the connection of this turn. */
    IncomingMessages messages() {
        return messages;
    }

    /**
     * Ends reading in this turn.
     *
     * @param mayShare whether the connection may let go of what has read it
     * @return what the connection has to keep until its next turn; null if it is at rest
     */
    @SuppressWarnings("ReferenceEquality") // compares identity on purpose
    IncomingMessages endReading(boolean mayShare) {
        IncomingMessages read = messages;
        messages = null;
        if (read == spare) {
            spare = null; // until it is certain that it can be used again
        }
        if (mayShare && read != null && read.isAtRest()) {
            read.detach();
            spare = read;
            return null;
        }
        return read;
    }

    /** Returns the view through which listeners see messages. */
    ArrivedMessage view() {
        return view;
    }

    /** Returns a part of a buffer, through a view that the next call may reuse. */
    @SuppressWarnings("ReferenceEquality") // compares identity on purpose
    ByteBuffer window(ByteBuffer buffer, int start, int length) {
        if (length > 0 && !buffer.isDirect()) { // a message on the heap, which the thread must not keep
            return buffer.duplicate().clear().position(start).limit(start + length);
        }
        if (windowOn != buffer) {
            windowOn = buffer;
            window = buffer.duplicate();
        }
        return window.clear().position(start).limit(start + length);
    }

    void end() {
        try {
            flush();
        } finally {
            OWNER.setRelease(this, null);
            deactivate();
        }
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(ListenerTurn.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
