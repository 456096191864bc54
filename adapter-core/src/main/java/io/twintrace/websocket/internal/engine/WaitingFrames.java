package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.internal.frame.Opcode;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * What the holder of {@link FrameWriter}'s frame lock has to send on the way out: the Close frame, the latest
 * Pong, and what was put aside and has to leave. Any thread leaves these here; {@link #send} is for the holder.
 *
 * <p>Pongs, and what was put aside, make nobody wait for the peer: where the operating system does not take them at
 * once, a thread of its own sends the rest, and then all of this.
 */
final class WaitingFrames {
    private static final VarHandle PONG = pongField();

    private static final long MOMENT_NANOS = 1_000_000;
    private static final int MAX_MOMENTS = 20;

    private final FrameWriter output;
    private final FrameSink sink;
    private final CloseHandshake closing;

    /** Null while none waits. */
    private volatile byte[] pong;

    /** Whether what was put aside has to leave. */
    private volatile boolean flushWanted;

    /** Whether a thread was started for the rest and has not come to it yet. */
    private volatile boolean handedOver;

    private volatile boolean closeWritten;

    WaitingFrames(FrameWriter output, FrameSink sink, CloseHandshake closing) {
        this.output = output;
        this.sink = sink;
        this.closing = closing;
    }

    /** Takes the place of one that waits. */
    void pong(byte[] payload) {
        pong = payload;
    }

    void wantFlush() {
        flushWanted = true;
    }

    /** The holder of the lock does what was handed over, if anything was, because it may wait. */
    void takeOver() {
        handedOver = false;
    }

    /** Whether the next holder of the lock has something to send. */
    boolean isAny() {
        if (handedOver) {
            return false;
        }
        return flushWanted || (!closeWritten && (pong != null || closing.requested() != null));
    }

    /** Sends one of each kind. What goes wrong shows at the next write. */
    void send() {
        if (!isAny()) {
            return;
        }
        boolean flush = flushWanted;
        flushWanted = false; // first: who wants it from now on may have put more aside
        try {
            byte[] close = closing.requested();
            if (close == null) {
                if (putPongAside() || flush) {
                    flush();
                }
            } else if (!closeWritten) {
                closeWritten = true;
                sendClose(close);
            }
        } catch (IOException e) {
            // The output is broken off, and keeps why.
        }
    }

    private void sendClose(byte[] payload) throws IOException {
        try {
            output.send(true, false, Opcode.CLOSE, ByteBuffer.wrap(payload), output.defaultDeadline());
            sink.whenWritten(this::closeIsWritten);
        } catch (Throwable e) { // for want of memory, so that it has not begun: no other thread tries again
            if (output.broken() == null) {
                output.breakOff(e);
            }
            throw e;
        }
    }

    private void closeIsWritten() {
        closing.writingEnded();
        if (closing.received() != null || closing.hasReadingEnded()) {
            sink.closingHasEnded();
        }
    }

    /** Whether that has to be flushed. */
    private boolean putPongAside() throws IOException {
        byte[] payload = (byte[]) PONG.getAndSet(this, (byte[]) null);
        if (payload == null) {
            return false;
        }
        if (output.putAside(true, false, Opcode.PONG, ByteBuffer.wrap(payload))) {
            return !sink.flushesByItself();
        }
        if (sink.flushesByItself()) {
            output.send(true, false, Opcode.PONG, ByteBuffer.wrap(payload), output.defaultDeadline());
            return false;
        }
        flush(); // makes room
        if (handedOver) {
            PONG.compareAndSet(this, (byte[]) null, payload); // unless there is a later one
            return false;
        }
        return output.putAside(true, false, Opcode.PONG, ByteBuffer.wrap(payload));
    }

    private void flush() throws IOException {
        try {
            if (!tryFlushSoon() && !handOver()) {
                sink.flush(output.defaultDeadline());
            }
        } catch (Throwable e) { // also for want of memory or stack
            output.breakOff(e);
            throw e;
        }
    }

    /** A container may need a moment for what a peer that reads takes at once; only a stuck one costs all of them. */
    private boolean tryFlushSoon() throws IOException {
        boolean flushed = sink.tryFlush();
        for (int moments = 0; !flushed && moments < MAX_MOMENTS; moments++) {
            LockSupport.parkNanos(MOMENT_NANOS);
            flushed = sink.tryFlush();
        }
        return flushed;
    }

    /** False if no thread can be had. */
    private boolean handOver() {
        handedOver = true;
        try {
            FlushThreads.start(() -> output.change(self -> {
                handedOver = false;
                sink.flush(self.defaultDeadline());
            }));
        } catch (OutOfMemoryError e) {
            handedOver = false;
        }
        return handedOver;
    }

    private static VarHandle pongField() {
        try {
            return MethodHandles.lookup().findVarHandle(WaitingFrames.class, "pong", byte[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
