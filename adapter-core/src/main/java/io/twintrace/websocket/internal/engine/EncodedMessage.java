package io.twintrace.websocket.internal.engine;

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

/** The frames of a {@link PreparedMessage}, each built once. Any thread. */
final class EncodedMessage {
    private final MessageType type;
    private final Frame plain;

    /** By level and window. */
    private final ConcurrentMap<Long, Frame> compressed = new ConcurrentHashMap<>();

    /** Held while compressing, so that others wait for the result; not the map's own lock, which would pin them. */
    private final ReentrantLock compressing = new ReentrantLock();

    /** @param payload has room for a header before it */
    private EncodedMessage(MessageType type, ByteBuffer payload) {
        this.type = type;
        this.plain = Frame.of(false, type, payload);
    }

    static EncodedMessage of(PreparedMessage message) {
        return message.encoded(EncodedMessage.class, EncodedMessage::new);
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

        /** Of a payload that has room for its header in front. */
        private static Frame of(boolean rsv1, MessageType type, ByteBuffer payload) {
            int length = payload.remaining();
            int start = payload.position() - FrameHeaderEncoder.size(length);
            FrameHeaderEncoder.encode(payload.position(start), true, rsv1, Opcode.of(type), length);
            return new Frame(payload.position(start).slice(), length);
        }

        /** The same; a buffer that is far too large is not kept. */
        static Frame ofCompressed(MessageType type, ByteBuffer payload) {
            int length = payload.remaining();
            if (length >= payload.capacity() / 4 * 3) {
                return of(true, type, payload);
            }
            int header = FrameHeaderEncoder.size(length);
            ByteBuffer fitting = ByteBuffer.allocate(header + length).position(header);
            return of(true, type, fitting.put(payload).position(header));
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
