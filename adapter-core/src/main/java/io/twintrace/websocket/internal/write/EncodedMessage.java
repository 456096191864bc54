package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.deflate.MessageDeflater;
import io.twintrace.websocket.internal.frame.FrameHeaderEncoder;
import io.twintrace.websocket.internal.frame.Opcode;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** Holds the frames of a {@link PreparedMessage}, each of which is built once. Any thread may call these methods. */
public final class EncodedMessage {
    private final MessageType type;
    private final Frame plain;

    /** The compressed frames by level and window. */
    private final ConcurrentMap<Long, Frame> compressed = new ConcurrentHashMap<>();

    /**
     * Held while compressing, so that other threads wait for the result. The map's own lock would pin virtual threads
     * that wait.
     */
    private final ReentrantLock compressing = new ReentrantLock();

    /** @param payload has room for a header in front */
    private EncodedMessage(MessageType type, ByteBuffer payload) {
        this.type = type;
        this.plain = Frame.of(false, type, payload);
    }

    /** Returns the frames of a message, which the message keeps. */
    public static EncodedMessage of(PreparedMessage message) {
        return message.encoded(EncodedMessage.class, EncodedMessage::new);
    }

    /** Returns the number of bytes of payload, before compression. */
    public int length() {
        return plain.payloadLength();
    }

    /** Returns the uncompressed frame. */
    Frame plain() {
        return plain;
    }

    /**
     * Returns a frame that is compressed independently of other messages, so that any peer with this window can inflate
     * it.
     */
    public Frame compressed(DeflatePool pool, int level, int window) {
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
    public static final class Frame {
        private final ByteBuffer bytes;
        private final int payloadLength;

        private Frame(ByteBuffer bytes, int payloadLength) {
            this.bytes = bytes.asReadOnlyBuffer();
            this.payloadLength = payloadLength;
        }

        /** Builds a frame from a payload that has room for the header in front. */
        private static Frame of(boolean rsv1, MessageType type, ByteBuffer payload) {
            int length = payload.remaining();
            int start = payload.position() - FrameHeaderEncoder.size(length);
            FrameHeaderEncoder.encode(payload.position(start), true, rsv1, Opcode.of(type), length);
            return new Frame(payload.position(start).slice(), length);
        }

        /** Builds a compressed frame. Copies the payload if its buffer is far too large to keep. */
        static Frame ofCompressed(MessageType type, ByteBuffer payload) {
            int length = payload.remaining();
            if (length >= payload.capacity() / 4 * 3) {
                return of(true, type, payload);
            }
            int header = FrameHeaderEncoder.size(length);
            ByteBuffer fitting = ByteBuffer.allocate(header + length).position(header);
            return of(true, type, fitting.put(payload).position(header));
        }

        /** Returns the number of bytes of payload. */
        public int payloadLength() {
            return payloadLength;
        }

        /** Returns header and payload, in a new view. */
        public ByteBuffer bytes() {
            return bytes.duplicate();
        }

        private ByteBuffer payload() {
            return bytes.duplicate().position(bytes.limit() - payloadLength);
        }
    }
}
