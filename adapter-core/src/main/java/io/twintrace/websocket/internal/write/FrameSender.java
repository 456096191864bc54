package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/**
 * What the holder of the {@link FrameLock} does with one frame: encodes its header, and either puts it aside to leave
 * together with others or gives it to the {@link Output}. Never waits. This part of {@link FrameWriter} is a superclass
 * and not an object, because each connection has one.
 */
abstract class FrameSender implements Output.Owner {
    final Output output;
    final FrameLock lock;
    private final BufferPool pool;
    private final long writeTimeoutNanos;

    /** Guarded by the lock. Null until the first use, which most connections of listeners never see. */
    private ByteBuffer[] two;

    private volatile long lastWrite = System.nanoTime();

    /** The application's deadline; {@link Deadlines#NONE} for the default timeout. */
    private volatile long writeDeadline = Deadlines.NONE;

    FrameSender(Transport transport, BufferPool pool, CloseHandshake closing, WebSocketOptions options) {
        this.pool = pool;
        this.writeTimeoutNanos = Deadlines.nanos(options.writeTimeout());
        this.output = new Output(transport, pool, this, options.pendingWriteLimit(), writeTimeoutNanos);
        this.lock = new FrameLock(transport, output, closing);
    }

    // ---- Times: any thread ----------------------------------------------------------------------------------------

    /** Returns when the last frame began or left the transport, on the time line of {@link System#nanoTime()}. */
    public final long lastWrite() {
        return lastWrite;
    }

    /** Notes that a frame is put aside now, or that the transport has written some. */
    void noteWrite() {
        lastWrite = System.nanoTime();
    }

    void writeDeadline(long deadline) {
        writeDeadline = deadline;
    }

    /** The application's deadline, if it has set one, for the frames of messages. */
    long messageDeadline() {
        long deadline = writeDeadline;
        return deadline != Deadlines.NONE ? deadline : defaultDeadline();
    }

    /** For other frames. They ignore the application's deadline, which may be that of a message long gone. */
    long defaultDeadline() {
        return writeTimeoutNanos == 0 ? Deadlines.NONE : Deadlines.afterNanos(writeTimeoutNanos);
    }

    // ---- The holder of the lock -----------------------------------------------------------------------------------

    /** Puts a frame aside. Returns false if the frame must leave at once. */
    boolean putAside(boolean fin, boolean rsv1, Opcode opcode, ByteBuffer payload) {
        int length = payload.remaining();
        ByteBuffer room = room(opcode, (long) FrameHeaderEncoder.MAX_BYTES + length);
        if (room == null) {
            return false;
        }
        FrameHeaderEncoder.encode(room, fin, rsv1, opcode, length);
        room.put(payload);
        output.added();
        return true;
    }

    /** Puts frames aside. Returns how many, up to the first that must leave at once. */
    int putAside(ByteBuffer[] encoded) {
        for (int i = 0; i < encoded.length; i++) {
            ByteBuffer room = room(Opcode.CONTINUATION, encoded[i].remaining());
            if (room == null) {
                return i;
            }
            room.put(encoded[i]);
            output.added();
        }
        return encoded.length;
    }

    /** Returns where to put a frame aside; null if it must leave now, such as before the application's deadline. */
    private ByteBuffer room(Opcode opcode, long length) {
        boolean isUrgent = writeDeadline != Deadlines.NONE && !opcode.isControl();
        long before = lastWrite;
        ByteBuffer room = isUrgent ? null : output.room(opcode, length);
        if (room != null && room.position() == 0 && lastWrite == before) {
            noteWrite(); // the first frame's time is good enough for all
        }
        return room;
    }

    /**
     * Writes a control frame after the frames that were put aside.
     *
     * @param deadline the time by which the operating system must have it
     */
    void sendControl(Opcode opcode, byte[] payload, long deadline) throws IOException {
        send(true, false, opcode, ByteBuffer.wrap(payload), deadline, false);
    }

    void send(boolean fin, boolean rsv1, Opcode opcode, ByteBuffer payload, long deadline, boolean awaited)
            throws IOException {
        ByteBuffer head = pool.acquire();
        try {
            FrameHeaderEncoder.encode(head, fin, rsv1, opcode, payload.remaining());
            if (payload.remaining() <= head.remaining()) {
                writeOne(head.put(payload).flip(), deadline, !opcode.isControl());
            } else {
                writeTwo(head.flip(), payload, deadline, awaited, !opcode.isControl());
            }
        } finally {
            pool.release(head); // what is pending was copied from it
        }
    }

    private void writeOne(ByteBuffer frame, long deadline, boolean isMessage) throws IOException {
        ByteBuffer[] one = output.spare();
        one[0] = frame;
        try {
            write(one, deadline, false, isMessage);
        } finally {
            one[0] = null; // an idle connection keeps no payload
        }
    }

    private void writeTwo(ByteBuffer head, ByteBuffer payload, long deadline, boolean awaited, boolean isMessage)
            throws IOException {
        if (two == null) {
            two = new ByteBuffer[2];
        }
        two[0] = head;
        two[1] = payload;
        try {
            write(two, deadline, awaited, isMessage);
        } finally {
            two[0] = null;
            two[1] = null;
        }
    }

    /** @param isMessage whether a deadline that has passed breaks the stream off; a control frame's was checked */
    void write(ByteBuffer[] buffers, long deadline, boolean awaited, boolean isMessage) throws IOException {
        long now = System.nanoTime();
        lastWrite = now;
        try {
            if (isMessage && deadline != Deadlines.NONE && deadline - now <= 0) {
                throw new SocketTimeoutException("write deadline passed before the frame was begun");
            }
            output.write(buffers, deadline, awaited);
        } catch (StackOverflowError e) {
            lock.overflowed = true; // before the lock is released, and without a call
            lock.breakOff(e);
            throw e;
        } catch (Throwable e) { // also if there is no memory
            lock.breakOff(e);
            throw e;
        }
    }
}
