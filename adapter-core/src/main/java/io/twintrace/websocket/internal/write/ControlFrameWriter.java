package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.Deadlines;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * Writes control frames (RFC 6455 section 5.5) between the frames of messages, and this side's part of the closing
 * handshake. Pongs join up to a kilobyte of pending writes. Beyond that, one Pong waits, and a newer one replaces it. Any
 * thread may call these methods.
 */
public final class ControlFrameWriter {
    private static final VarHandle PONG = pongField();

    /** Pongs join so many pending bytes, because a container may need a moment although the peer reads. */
    private static final int MAX_BEFORE_PONG = 1024;

    private final FrameWriter frames;
    private final FrameLock lock;
    private final Output output;
    private final CloseHandshake closing;

    /** The latest Pong, until it is sent. */
    @SuppressWarnings("unused") // by PONG
    private volatile byte[] pong;

    /** Guarded by the lock. */
    private boolean pongWaits;

    /** Whether the Close frame is written or being written. Written under the lock. */
    private volatile boolean closeWritten;

    public ControlFrameWriter(FrameWriter frames, CloseHandshake closing) {
        this.frames = frames;
        this.lock = frames.lock();
        this.output = frames.output();
        this.closing = closing;
    }

    /**
     * Writes one Ping or Pong, or requests the Close frame.
     *
     * @throws SocketTimeoutException at the deadline: harmless if it passed before the frame's turn came
     */
    public void writeControl(Opcode opcode, byte[] payload, long deadline) throws IOException {
        frames.checkWritable(); // first: after a Close, nobody has to wait for what is pending to learn that
        long until = deadline != Deadlines.NONE ? deadline : frames.defaultDeadline();
        awaitTurn(until);
        PendingWrites awaited;
        if (opcode == Opcode.CLOSE) {
            frames.checkWritable();
            requestClose(payload);
            awaited = output.pendingWrites();
        } else {
            awaited = sendInTurn(opcode, payload, until);
        }
        output.awaitWritten(awaited, until); // changes nothing if it fails: the pending bytes' own deadline ends them
        if (opcode == Opcode.CLOSE && lock.broken() != null) {
            throw new IOException("the Close frame could not be written", lock.broken());
        }
        output.events().frameWritten();
    }

    /** Sends a frame once no earlier one is pending. Returns the bytes of it that are pending, or null. */
    private PendingWrites sendInTurn(Opcode opcode, byte[] payload, long until) throws IOException {
        while (true) {
            lock.checkSound();
            try {
                lock.lock();
                try {
                    frames.checkWritable();
                    output.admit();
                    if (Deadlines.remaining(until) > 0 && !(output.hasPending() && WriteBatch.mayWait())) {
                        frames.sendControl(opcode, payload, until);
                        return output.pendingWrites();
                    }
                } finally {
                    lock.unlock();
                }
            } catch (StackOverflowError e) {
                lock.overflowed = true; // without a call, for which there may be no stack left
                lock.closeLater();
                throw e;
            }
            awaitTurn(until);
        }
    }

    private void awaitTurn(long until) throws IOException {
        boolean inTime = Deadlines.remaining(until) > 0;
        try {
            if (inTime) {
                output.awaitWritten(until);
            }
        } catch (SocketTimeoutException e) {
            inTime = lock.broken() != null; // then the next step tells why
        }
        if (!inTime) {
            throw new SocketTimeoutException("control frame's deadline passed before its turn came;"
                    + " nothing was written and the connection is unharmed");
        }
    }

    /**
     * Writes a Ping or Pong that no thread waits for. Has no effect if bytes are pending, or if this side has begun to
     * close. A failure shows at the next write.
     */
    public void writeIfFree(Opcode opcode, byte[] payload) {
        lock.change(this, writer -> {
            if (!writer.output.hasPending() && !writer.closing.isDecided()) {
                writer.frames.sendControl(opcode, payload, writer.frames.defaultDeadline());
            }
        });
    }

    // ---- Pong -----------------------------------------------------------------------------------------------------

    /** Sends a Pong now, or as soon as the peer has taken what is pending. */
    public void offerPong(byte[] payload) {
        pong = payload;
        lock.change(this, ControlFrameWriter::sendPong);
    }

    private void sendPong() throws IOException {
        if (closing.requested() != null) {
            return; // nothing follows a Close frame
        }
        if (output.hasPending(MAX_BEFORE_PONG)
                && WriteBatch.mayWait()) { // in a turn, no more Pings than fit in a buffer
            if (!pongWaits) {
                pongWaits = true;
                output.whenWritten(this::sendPongAtLast);
            }
            return;
        }
        byte[] payload = (byte[]) PONG.getAndSet(this, (byte[]) null);
        if (payload != null && !frames.putAside(true, false, Opcode.PONG, ByteBuffer.wrap(payload))) {
            frames.sendControl(Opcode.PONG, payload, frames.defaultDeadline());
        }
    }

    private void sendPongAtLast() {
        pongWaits = false;
        lock.change(this, ControlFrameWriter::sendPong);
    }

    // ---- Close ----------------------------------------------------------------------------------------------------

    /** Sends a Close frame after the frame in flight. Has no effect if a Close frame was requested before. */
    public void requestClose(byte[] payload) {
        lock.closeIfOwed();
        try {
            if (closing.request(payload)) {
                output.events().deadlineHasMoved();
            }
        } finally {
            sendClose();
        }
    }

    /** Decides on a Close frame as {@link #requestClose} does, but does not send it before {@link #releaseClose}. */
    public void holdClose(byte[] payload) {
        if (closing.hold(payload)) {
            output.events().deadlineHasMoved();
        }
    }

    /**
     * Announces that this thread tells listeners why the Close frame is held. One of them may close, which sends it.
     */
    public void tellOfConflict() {
        closing.tell();
    }

    /** Sends the Close frame that was held, if there is one. */
    public void releaseClose() {
        closing.release();
        sendClose();
    }

    private void sendClose() {
        if (closeWritten) {
            return; // without the lock, so that a reader does not wait for the thread that writes it
        }
        lock.change(this, ControlFrameWriter::sendRequestedClose);
    }

    private void sendRequestedClose() throws IOException {
        byte[] payload = closing.requested();
        if (payload == null || closeWritten) {
            return;
        }
        closeWritten = true;
        frames.sendControl(Opcode.CLOSE, payload, frames.defaultDeadline());
        if (output.hasPending()) { // later, the thread is the container's and holds the lock
            output.whenWritten(() -> WriteThreads.startAtLast(this::closeIsWritten));
        } else {
            closeIsWritten();
        }
    }

    private void closeIsWritten() {
        closing.writingEnded();
        if (closing.received() != null || closing.hasReadingEnded()) {
            output.events().closingHasEnded();
        }
    }

    /** Notes the peer's Close frame. Call this after the request for the Close frame that answers it. */
    public void peerHasClosed() {
        if (closing.hasWritingEnded()) { // else the thread that writes it does this
            output.events().closingHasEnded();
        }
    }

    private static VarHandle pongField() {
        try {
            return MethodHandles.lookup().findVarHandle(ControlFrameWriter.class, "pong", byte[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
