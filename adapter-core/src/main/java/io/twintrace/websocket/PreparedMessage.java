package io.twintrace.websocket;

import io.twintrace.websocket.deflate.DeflatePool;
import io.twintrace.websocket.deflate.MessageDeflater;
import io.twintrace.websocket.frame.FrameHeaderEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A message for many connections, whose frame is built only once: once plain, and once for each compression level and
 * window with which it is written. Immutable; may be written by any number of threads to any number of connections.
 */
public final class PreparedMessage {
    private final MessageType type;
    private final Frame plain;

    /** By level and window. */
    private final ConcurrentMap<Long, Frame> compressed = new ConcurrentHashMap<>();

    private PreparedMessage(MessageType type, byte[] payload) {
        this.type = type;
        this.plain = new Frame(false, type, ByteBuffer.wrap(payload));
    }

    /** A text message. */
    public static PreparedMessage text(String text) {
        return new PreparedMessage(MessageType.TEXT, text.getBytes(StandardCharsets.UTF_8));
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
        return new PreparedMessage(type, payload);
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
        return compressed.computeIfAbsent((long) level << 32 | window, unused -> {
            ByteBuffer deflated = MessageDeflater.deflateAlone(pool, level, window, plain.payload());
            return new Frame(true, type, deflated);
        });
    }

    /** A whole unmasked frame. */
    static final class Frame {
        private final ByteBuffer bytes;
        private final int payloadLength;

        Frame(boolean rsv1, MessageType type, ByteBuffer payload) {
            this.payloadLength = payload.remaining();
            ByteBuffer frame = ByteBuffer.allocate(FrameHeaderEncoder.size(payloadLength) + payloadLength);
            FrameHeaderEncoder.encode(frame, true, rsv1, type.opcode(), payloadLength);
            this.bytes = frame.put(payload).flip().asReadOnlyBuffer();
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
