package io.twintrace.websocket;

import io.twintrace.websocket.frame.FrameHeaderEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A message for many connections, whose frame is built only once. Immutable; may be written by any number of threads to
 * any number of connections.
 */
public final class PreparedMessage {
    private final MessageType type;
    private final ByteBuffer serverFrame;

    private PreparedMessage(MessageType type, byte[] payload) {
        this.type = type;
        ByteBuffer frame = ByteBuffer.allocate(FrameHeaderEncoder.size(payload.length) + payload.length);
        FrameHeaderEncoder.encode(frame, true, false, type.opcode(), payload.length);
        this.serverFrame = frame.put(payload).flip().asReadOnlyBuffer();
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

    /** The whole unmasked frame, as a view of its own. */
    ByteBuffer serverFrame() {
        return serverFrame.duplicate();
    }
}
