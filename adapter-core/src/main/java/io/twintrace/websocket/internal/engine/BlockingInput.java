package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import io.twintrace.websocket.internal.io.VirtualThreads;
import io.twintrace.websocket.internal.read.IncomingMessages;
import io.twintrace.websocket.internal.write.CloseHandshake;
import io.twintrace.websocket.internal.write.ControlFrameWriter;
import io.twintrace.websocket.internal.write.FrameWriter;
import io.twintrace.websocket.internal.write.OfferBatch;
import io.twintrace.websocket.internal.write.PendingStatus;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The input of a handler's connection. The thread that reads waits here for data that has not arrived, until a
 * deadline. Tells writers whether that thread will be back soon. While the thread waits between two messages, this lets
 * go of what has read them, so that an idle connection is small. This part of {@link BlockingReader} is a superclass and
 * not an object, because each connection has one.
 */
abstract class BlockingInput extends ConnectionSource implements Reading, OfferBatch.Reader {
    /** How long a virtual thread may read without a wait before others get its processor, and its longest rest. */
    private static final long MAX_NANOS_ON = TimeUnit.MILLISECONDS.toNanos(10);

    /** A thread that runs again so soon has not waited for a processor. */
    private static final long AT_ONCE_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    /**
     * Reads the messages. Only the reading thread uses it, except where a method says otherwise. Null while that thread
     * waits between two messages, and if it could not get another one afterwards for lack of memory, which ends reading.
     */
    IncomingMessages messages;

    final ConnectionDeadlines deadlines;
    private final ControlFrameHandlers control;
    private final FrameWriter frames;
    private final long patienceNanos;

    /**
     * The number of the thread that read last. A reference would keep the thread in memory after its end. Written by
     * the reading thread. Writers read it at any time, and need not be certain.
     */
    private long reader;

    /**
     * When the reader last waited for input, or let other threads run; 0 before it has read. Used only by the reading
     * thread.
     */
    private long readsOnSince;

    /** How long the next rest of a reader that reads on is. Used only by the reading thread. */
    private int restNanos = 1;

    /** Whether the reader left frames put aside for too long since it last waited for input. */
    private volatile boolean isSlow;

    BlockingInput(
            Transport transport,
            Optional<DeflateParameters> deflate,
            Shared shared,
            FrameWriter frames,
            ControlFrameWriter controlFrames,
            CloseHandshake closing,
            ByteCounter counter) {
        super(transport, shared, counter);
        this.frames = frames;
        this.patienceNanos = shared.options().writeCoalescing()
                ? Deadlines.nanos(shared.options().coalescingDelay())
                : 0;
        this.deadlines = new ConnectionDeadlines(closing, PendingStatus.NONE, frames, shared.timeouts(), this);
        this.control = new ControlFrameHandlers(controlFrames, closing, deadlines.keepAlive());
        if (deflate.isPresent()) {
            this.messages = new IncomingMessages(this, deflate, shared.pools().deflate());
        } else {
            takeReader();
        }
    }

    /** Moves the application's deadline. Any thread may call this. */
    @Override
    public void readDeadline(long deadline) {
        deadlines.read(deadline);
        wake();
    }

    @Override
    public void wake() {
        transport().readDeadline(System.nanoTime()); // wakes the waiting thread, which then checks the new deadline
    }

    @Override
    public ConnectionDeadlines deadlines() {
        return deadlines;
    }

    /** Returns the object that holds the handlers of control frames. Any thread may call this. */
    @Override
    public ControlFrameHandlers control() {
        return control;
    }

    /**
     * Returns a number that grows with everything that is read. Any thread may call this; other threads may see a
     * slightly old value.
     */
    long progress() {
        return counter().framesBegun() + counter().receivedOnWire();
    }

    // ---- Waiting: the reading thread -------------------------------------------------------------------------------

    /** Reads more input, and waits until there is some. */
    void await() throws IOException {
        frames.flush(); // the frames that were put aside until now
        OfferBatch.flushBeforeReading(this); // those of other connections as well
        if (isSlow) {
            isSlow = false;
        }
        deadlines.checkReader(); // also here, because this never waits for a peer that never stops sending
        int n;
        boolean waited = false;
        boolean timedOut = false;
        while ((n = messages.fill()) == 0) {
            if (messages.assembleBeginning()) {
                return; // the caller then takes what has arrived
            }
            messages.keepBeginning();
            deadlines.frameMayBeIncomplete(messages.isInsideFrame(), counter().framesBegun());
            if (timedOut) {
                deadlines.checkIdle();
            }
            timedOut = !awaitInput();
            waited = true;
        }
        if (n < 0) {
            if (messages.assembleBeginning()) {
                return; // what has arrived may be wrong, which is the better reason to end
            }
            throw new EOFException("connection ended without a Close frame");
        }
        readsOn(deadlines.arrived(waited), waited);
    }

    /**
     * Lets other threads run now and then if the peer never stops sending. Nothing takes the processor from a virtual
     * thread that never waits, so a few such peers would keep all other handlers from running.
     */
    private void readsOn(long now, boolean waited) {
        if (waited || readsOnSince == 0) {
            readsOnSince = now;
        } else if (now - readsOnSince > MAX_NANOS_ON) {
            readsOnSince = VirtualThreads.isVirtual(Thread.currentThread()) ? rest(now) : now;
        }
    }

    /**
     * Parks, since threads that only yield come before those that wake up. Parks for as long as this thread had to wait
     * for a processor last time: if many read on, the processors are free now and then. Returns the time.
     */
    private long rest(long now) {
        LockSupport.parkNanos(restNanos);
        long then = System.nanoTime();
        long waited = then - now - restNanos;
        restNanos = waited < AT_ONCE_NANOS ? 1 : (int) Math.min(waited, MAX_NANOS_ON);
        return then;
    }

    /** Waits for input. May return early. Returns false at a deadline, or to have the deadlines checked again. */
    private boolean awaitInput() throws IOException {
        giveReaderBack();
        try {
            setWakeUp();
            transport().awaitReadable();
            return true;
        } catch (SocketTimeoutException e) {
            deadlines.checkReader();
            return false;
        } finally {
            takeReader();
        }
    }

    /**
     * Gives back what reads the messages, unless it holds something of this connection, or of its compression. Once this
     * side closes, a handler of control frames may wait here, which what reads the messages has called.
     */
    private void giveReaderBack() {
        IncomingMessages spare = messages;
        if (!deadlines.isClosing() && spare.isAtRest()) {
            messages = null;
            spare.detach();
            shared().readers().giveBack(spare);
        }
    }

    private void takeReader() {
        if (messages == null) {
            IncomingMessages spare = shared().readers().take();
            IncomingMessages taken = spare == null ? new IncomingMessages() : spare;
            taken.attach(this);
            messages = taken; // last: after an error this has none, and not half of one
        }
    }

    private void setWakeUp() {
        long set;
        do {
            set = deadlines.set();
            transport().readDeadline(deadlines.next());
            // The line above may have overwritten a deadline that was set meanwhile, so check again.
        } while (deadlines.set() != set);
    }

    // ---- What is held: the thread that has the right to read -------------------------------------------------------

    /** Returns whether everything that has arrived was taken, and most likely nothing more can be read now. */
    boolean isUsedUp() {
        return messages != null && messages.isUsedUp();
    }

    /** Releases the message that was taken whole, and the read buffer if it is empty. */
    void releaseMessage() {
        if (messages != null) {
            messages.release();
            messages.releaseIfEmpty();
        }
    }

    /** Gives the read buffer back if it is empty. */
    void releaseIfEmpty() {
        if (messages != null) {
            messages.releaseIfEmpty();
        }
    }

    /** Ends reading messages, and gives back everything that is held for them. */
    void endMessages() {
        if (messages != null) {
            messages.end();
        }
    }

    // ---- For writers ----------------------------------------------------------------------------------------------

    /** Notes that the calling thread reads now. Call this with the right to read. */
    void readsOnThisThread() {
        reader = Thread.currentThread().getId();
    }

    /**
     * Returns whether the calling thread is the one that reads, and already has more input to read. Any thread may call
     * this.
     */
    @Override
    public boolean isBackSoon() {
        IncomingMessages current = messages; // another thread may have begun to read, and to wait
        return Thread.currentThread().getId() == reader && current != null && current.hasMore() && !isSlow;
    }

    @Override
    public long patienceNanos() {
        return patienceNanos;
    }

    /**
     * Notes that the reader did not return soon. This holds until the reader waits for input again. Any thread may call
     * this.
     */
    @Override
    public void wasNotBackSoon() {
        isSlow = true;
    }
}
