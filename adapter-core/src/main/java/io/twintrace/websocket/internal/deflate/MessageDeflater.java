package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.Deflater;

/**
 * Deflates messages to the peer, one after another (RFC 7692 section 7.2.1). For one thread at a time, but for
 * {@link #release()}, which any thread may call.
 *
 * <p>{@link Deflater} always uses a window of 32 KiB. Where a smaller one was agreed on, it is made to forget
 * everything after as many bytes as the window has: then nothing can refer back further than that.
 */
public final class MessageDeflater {
    private static final int LARGEST_WINDOW = 1 << 15;

    /** An empty block, which ends each message and is left out. */
    private static final int SYNC_TAIL = 0x0000FFFF;

    /** How much of the end of {@code out} must stay in it between the calls for one message. */
    public static final int TAIL_LENGTH = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final DeflatePool pool;
    private final boolean contextTakeover;
    private final int window;

    /** Held during each step, so that no other thread takes the deflater away meanwhile. */
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private PooledDeflater deflater;
    private boolean released;

    /** How many bytes it may refer back to; counted only for windows that are smaller than its own. */
    private int remembered;

    /** What was agreed on decides. */
    public MessageDeflater(DeflatePool pool, DeflateParameters parameters) {
        this(pool, !parameters.serverNoContextTakeover(), parameters.serverWindow());
    }

    /** @param window how far back the data may refer, in bytes: a power of two from 256 to 32768 */
    MessageDeflater(DeflatePool pool, boolean contextTakeover, int window) {
        this.pool = pool;
        this.contextTakeover = contextTakeover;
        this.window = window;
    }

    /**
     * Compresses one message by itself, to be the payload of one frame.
     *
     * @param window how far back the data may refer, in bytes: a power of two from 256 to 32768
     * @param headroom so many bytes are left free before the payload, which begins at the result's position
     */
    public static ByteBuffer deflateAlone(DeflatePool pool, int level, int window, ByteBuffer message, int headroom) {
        MessageDeflater deflater = new MessageDeflater(pool, false, window);
        int most = mostBytes(message.remaining(), window, headroom);
        ByteBuffer out = ByteBuffer.allocate(Math.min(most, headroom + message.remaining() / 2 + 64));
        out.position(headroom);
        try {
            deflater.begin(level);
            while (!deflater.write(message, out)) {
                out = enlarged(out, most);
            }
            while (!deflater.finish(out, headroom)) {
                out = enlarged(out, most);
            }
            return out.flip().position(headroom);
        } catch (IOException e) {
            throw new IllegalStateException("released, but by whom?", e);
        } finally {
            deflater.release();
        }
    }

    /** Enough for data that cannot be compressed: stored as it is, with a few bytes for each block and each flush. */
    private static int mostBytes(int length, int window, int headroom) {
        long flushes = window < LARGEST_WINDOW ? length / window + 1L : 0;
        return (int) Math.min(Integer.MAX_VALUE - 8, headroom + length + length / 1000L + 16 * flushes + 64);
    }

    private static ByteBuffer enlarged(ByteBuffer full, int most) {
        if (full.capacity() >= most) {
            throw new OutOfMemoryError("compressed message does not fit in one array of " + most + " bytes");
        }
        return ByteBuffer.allocate(most).put(full.flip());
    }

    /**
     * Begins a message.
     *
     * @throws IOException when the connection has ended
     */
    public void begin(int level) throws IOException {
        lock.lock();
        try {
            checkNotReleased();
            if (deflater == null) {
                deflater = pool.acquireDeflater();
                remembered = 0;
            }
            deflater.level(level);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes from {@code in} what fits, compressed, into {@code out}.
     *
     * @param out big-endian, with room for at least 32 bytes: zlib repeats a flush that has filled its output exactly,
     *     and would go on for ever where there is only room for that
     * @return false when something is left because {@code out} is full; empty it but for its last
     *     {@link #TAIL_LENGTH} bytes, and call again
     */
    public boolean write(ByteBuffer in, ByteBuffer out) throws IOException {
        lock.lock();
        try {
            checkNotReleased();
            return write(deflater.zlib, in, out);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts everything that was taken so far into {@code out}, so that the peer can inflate it.
     *
     * @return false when {@code out} is full; empty it, and call again
     */
    public boolean flush(ByteBuffer out) throws IOException {
        lock.lock();
        try {
            checkNotReleased();
            return drain(deflater.zlib, Deflater.SYNC_FLUSH, out);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the message.
     *
     * @param from where in {@code out} compressed bytes begin
     * @return false when {@code out} is full; empty it but for its last {@link #TAIL_LENGTH} bytes, and call again
     */
    public boolean finish(ByteBuffer out, int from) throws IOException {
        lock.lock();
        try {
            checkNotReleased();
            if (!drain(deflater.zlib, Deflater.SYNC_FLUSH, out)) {
                return false;
            }
            int tail = out.position() - TAIL_LENGTH;
            if (tail >= from && out.getInt(tail) == SYNC_TAIL) {
                out.position(tail);
            } else {
                out.put((byte) 0); // nothing has come since the last flush: the beginning of one more empty block
            }
            if (!contextTakeover || pool.isCrowded()) {
                giveBack();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The peer got a message that has not gone through here: what is remembered is no longer what it remembers. */
    public void forget() {
        lock.lock();
        try {
            giveBack();
        } finally {
            lock.unlock();
        }
    }

    /** Gives back what is held; every later call for a message fails. Any thread. */
    public void release() {
        lock.lock();
        try {
            released = true;
            giveBack();
        } finally {
            lock.unlock();
        }
    }

    private void giveBack() {
        if (deflater != null) {
            pool.release(deflater);
            deflater = null;
        }
    }

    private void checkNotReleased() throws IOException {
        if (released) {
            throw new IOException("the connection has ended");
        }
    }

    private boolean write(Deflater zlib, ByteBuffer in, ByteBuffer out) {
        while (in.hasRemaining()) {
            if (remembered == window) {
                if (!drain(zlib, Deflater.FULL_FLUSH, out)) {
                    return false;
                }
                remembered = 0;
            }
            if (!writeRemembered(zlib, in, out)) {
                return !in.hasRemaining();
            }
        }
        return true;
    }

    /** Takes no more than the window still has room for. */
    private boolean writeRemembered(Deflater zlib, ByteBuffer in, ByteBuffer out) {
        int from = in.position();
        int end = in.limit();
        if (window < LARGEST_WINDOW) {
            in.limit(Math.min(end, from + window - remembered));
        }
        try {
            zlib.setInput(in);
            return drain(zlib, Deflater.NO_FLUSH, out);
        } finally {
            if (window < LARGEST_WINDOW) {
                remembered += in.position() - from;
            }
            in.limit(end);
            zlib.setInput(NOTHING); // neither more than it was allowed, nor a message to hold on to
        }
    }

    /** False when {@code out} is full: there may be more. */
    private static boolean drain(Deflater zlib, int flush, ByteBuffer out) {
        if (out.hasRemaining()) {
            zlib.deflate(out, flush);
        }
        return out.hasRemaining();
    }
}
