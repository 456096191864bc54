package io.twintrace.websocket;

import io.twintrace.websocket.deflate.DeflatePool;
import io.twintrace.websocket.deflate.MessageDeflater;
import io.twintrace.websocket.frame.FrameHeaderEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A message for many connections, whose frame is built only once: once plain, and once for each compression level and
 * window with which it is written. May be written by any number of threads to any number of connections.
 *
 * <p>All its frames stay in memory for as long as it does. Levels are the application's choice; of windows, which are
 * the clients', there are at most eight.
 */
public final class PreparedMessage {
    private final MessageType type;
    private final Frame plain;

    /** By level and window. */
    private final ConcurrentMap<Long, Frame> compressed = new ConcurrentHashMap<>();

    /** Held while compressing, so that others wait for the result; not the map's own lock, which would pin them. */
    private final ReentrantLock compressing = new ReentrantLock();

    private PreparedMessage(MessageType type, ByteBuffer payload) {
        this.type = type;
        this.plain = Frame.copyOf(type, payload);
    }

    /** A text message. */
    public static PreparedMessage text(String text) {
        return new PreparedMessage(MessageType.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * A message of a copy of {@code payload}.
     *
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8
     */
    public static PreparedMessage of(MessageType type, byte[] payload) {
        if (type == MessageType.TEXT) {
            new OutgoingText().check(ByteBuffer.wrap(payload));
        }
        return new PreparedMessage(type, ByteBuffer.wrap(payload));
    }

    /** A message of a copy of one that has just come. */
    public static PreparedMessage of(MessageView message) {
        return new PreparedMessage(message.type(), message.bytes().duplicate());
    }

    public MessageType type() {
        return type;
    }

    /** The message as it is. */
    Frame plain() {
        return plain;
    }

    /** The message compressed by itself, so that any peer with that window can inflate it. */
    Frame compressed(DeflatePool pool, int level, int window) {
        Long key = (long) level << 32 | window;
        Frame known = compressed.get(key);
        return known != null ? known : compressOnce(key, pool, level, window);
    }

    private Frame compressOnce(Long key, DeflatePool pool, int level, int window) {
        compressing.lock();
        try {
            Frame frame = compressed.get(key);
            if (frame == null) {
                frame = Frame.ofCompressed(
                        type,
                        MessageDeflater.deflateAlone(
                                pool, level, window, plain.payload(), FrameHeaderEncoder.MAX_BYTES));
                compressed.put(key, frame);
            }
            return frame;
        } finally {
            compressing.unlock();
        }
    }

    /** A whole unmasked frame. */
    static final class Frame {
        private final ByteBuffer bytes;
        private final int payloadLength;

        private Frame(ByteBuffer bytes, int payloadLength) {
            this.bytes = bytes.asReadOnlyBuffer();
            this.payloadLength = payloadLength;
        }

        static Frame copyOf(MessageType type, ByteBuffer payload) {
            return copyOf(false, type, payload);
        }

        private static Frame copyOf(boolean rsv1, MessageType type, ByteBuffer payload) {
            int length = payload.remaining();
            ByteBuffer frame = ByteBuffer.allocate(FrameHeaderEncoder.size(length) + length);
            FrameHeaderEncoder.encode(frame, true, rsv1, type.opcode(), length);
            return new Frame(frame.put(payload).flip(), length);
        }

        /**
         * Of a compressed payload that has room for its header in front. A buffer that is far too large is not kept.
         */
        static Frame ofCompressed(MessageType type, ByteBuffer payload) {
            int length = payload.remaining();
            if (length < payload.capacity() / 4 * 3) {
                return copyOf(true, type, payload);
            }
            int start = payload.position() - FrameHeaderEncoder.size(length);
            FrameHeaderEncoder.encode(payload.position(start), true, true, type.opcode(), length);
            return new Frame(payload.position(start).slice(), length);
        }

        int payloadLength() {
            return payloadLength;
        }

        /** Header and payload, as a view of its own. */
        ByteBuffer bytes() {
            return bytes.duplicate();
        }

        private ByteBuffer payload() {
            return bytes.duplicate().position(bytes.limit() - payloadLength);
        }
    }
}
