package io.twintrace.websocket.internal.deflate;

import io.twintrace.websocket.handshake.DeflateParameters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.Deflater;

/**
 * Deflates messages to the peer, one after another (RFC 7692 section 7.2.1). Only one thread at a time may use it,
 * except that any thread may call {@link #release()}.
 *
 * <p>It holds no deflater between messages, since each has 260 KiB of native memory. Instead it keeps the last bytes
 * sent, and starts a deflater with them for each message. That takes less time than to bring the memory of a deflater
 * of its own into the processor's cache, if there are more than a few connections.
 *
 * <p>{@link Deflater} always uses a window of 32 KiB. To respect a smaller one, this class makes it forget everything
 * after each window of bytes. Then no data can refer back further than that.
 */
public final class MessageDeflater {
    private static final int LARGEST_WINDOW = 1 << 15;

    /** How many of the bytes sent before a message it can refer to. Each makes it shorter, and each takes time. */
    private static final int USUAL_HISTORY = 8 * 1024;

    /** The same at the level that is to take little time. */
    private static final int USUAL_HISTORY_AT_BEST_SPEED = 2 * 1024;

    /** The same at every level after a message of this length or more: the next one may be like it. */
    private static final int MAX_HISTORY = 16 * 1024;

    /** An empty block. It ends each message, and the sender leaves it out. */
    private static final int SYNC_TAIL = 0x0000FFFF;

    /** How many bytes at the end of {@code out} must stay there between the calls for one message. */
    public static final int TAIL_LENGTH = 4;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final DeflatePool pool;
    private final int window;
    private final int maxHistory;

    /** What the next message may refer to. Null if each message is compressed by itself. Guarded by lock. */
    private final SlidingWindow history;

    /** Held during each step, so that no other thread releases the deflater meanwhile. */
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private PooledDeflater deflater;
    private boolean released;

    /** The length so far of the message that has begun, or of the last one. */
    private long length;

    /** How many bytes the deflater may refer back to. Counted only for a window smaller than its own. */
    private int remembered;

    /** Creates a deflater with the parameters of the handshake. */
    public MessageDeflater(DeflatePool pool, DeflateParameters parameters) {
        this(pool, !parameters.serverNoContextTakeover(), parameters.serverWindow());
    }

    /** @param window how far back the data may refer, in bytes: a power of two from 256 to 32768 */
    private MessageDeflater(DeflatePool pool, boolean contextTakeover, int window) {
        this.pool = pool;
        this.window = window;
        this.maxHistory = Math.min(MAX_HISTORY, window / 2); // the message itself needs the rest
        this.history = contextTakeover ? new SlidingWindow(Math.min(USUAL_HISTORY_AT_BEST_SPEED, maxHistory)) : null;
    }

    /**
     * Compresses one message, independent of all others, as the payload of one frame.
     *
     * @param window how far back the data may refer, in bytes: a power of two from 256 to 32768
     * @param headroom how many bytes to leave free before the payload, which begins at the result's position
     */
    public static ByteBuffer deflateAlone(DeflatePool pool, int level, int window, ByteBuffer message, int headroom) {
        MessageDeflater deflater = new MessageDeflater(pool, false, window);
        int max = maxBytes(message.remaining(), window, headroom);
        ByteBuffer out = ByteBuffer.allocate(Math.min(max, headroom + message.remaining() / 2 + 64));
        out.position(headroom);
        try {
            deflater.begin(level);
            while (!deflater.write(message, out)) {
                out = enlarged(out, max);
            }
            while (!deflater.finish(out, headroom)) {
                out = enlarged(out, max);
            }
            return out.flip().position(headroom);
        } catch (IOException e) {
            throw new IllegalStateException("released, but by whom?", e);
        } finally {
            deflater.release();
        }
    }

    /** Returns enough for incompressible data: zlib stores it with a few bytes for each block and each flush. */
    private static int maxBytes(int length, int window, int headroom) {
        long flushes = window < LARGEST_WINDOW ? length / window + 1L : 0;
        return (int) Math.min(Integer.MAX_VALUE - 8, headroom + length + length / 1000L + 16 * flushes + 64);
    }

    private static ByteBuffer enlarged(ByteBuffer full, int max) {
        if (full.capacity() >= max) {
            throw new OutOfMemoryError("compressed message does not fit in one array of " + max + " bytes");
        }
        return ByteBuffer.allocate(max).put(full.flip());
    }

    /**
     * Begins a message.
     *
     * @throws IOException if the connection has ended
     */
    public void begin(int level) throws IOException {
        lock.lock();
        try {
            checkNotReleased();
            giveBack(); // if the message before was never written, for lack of memory
            deflater = pool.acquireDeflater();
            if (history == null) {
                deflater.level(level);
                remembered = 0;
            } else {
                int usual = level == Deflater.BEST_SPEED ? USUAL_HISTORY_AT_BEST_SPEED : USUAL_HISTORY;
                int most = (int) Math.min(maxHistory, Math.max(usual, length));
                makeRoomFor(most);
                remembered = deflater.begin(level, history, most);
            }
            length = 0;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Compresses bytes of {@code in} into {@code out}, as many as fit.
     *
     * @param out big-endian, with room for at least 32 bytes: zlib repeats a flush that fills its output exactly, and
     *     with less room it would do so for ever
     * @return false if bytes are left because {@code out} is full; empty it except for its last {@link #TAIL_LENGTH}
     *     bytes, and call again
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
     * Writes everything taken so far into {@code out}, so that the peer can inflate it.
     *
     * @return false if {@code out} is full; empty it, and call again
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
     * @return false if {@code out} is full; empty it except for its last {@link #TAIL_LENGTH} bytes, and call again
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
                out.put((byte) 0); // no data since the last flush: write the beginning of one more empty block
            }
            giveBack();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets all history, and the message that has begun. Call this after a message that bypassed this deflater: the
     * peer's history has changed.
     */
    public void forget() {
        lock.lock();
        try {
            giveBack();
            if (history != null) {
                history.clear();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns the deflater to the pool. Every later call for a message fails. Any thread may call this. */
    public void release() {
        lock.lock();
        try {
            released = true;
            giveBack();
        } finally {
            lock.unlock();
        }
    }

    /** Has the history keep so many bytes, as far as it may. */
    private void makeRoomFor(long bytes) {
        if (bytes > history.size() && history.size() < maxHistory) {
            history.enlarge(Integer.highestOneBit((int) Math.min(bytes, maxHistory) - 1) << 1);
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

    /** Takes only as many bytes as the window has room for. */
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
            int n = in.position() - from;
            length += n;
            if (window < LARGEST_WINDOW) {
                remembered += n;
            }
            in.limit(end);
            zlib.setInput(NOTHING); // it must neither take more nor keep the message in memory
            if (history != null) {
                makeRoomFor(length);
                history.append(in, from, n);
            }
        }
    }

    /** Returns false if {@code out} is full, since more may follow. */
    private static boolean drain(Deflater zlib, int flush, ByteBuffer out) {
        if (out.hasRemaining()) {
            zlib.deflate(out, flush);
        }
        return out.hasRemaining();
    }
}
