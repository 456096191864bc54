package io.twintrace.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** One complete received message. The application owns the payload: the library keeps no reference. */
public final class Message {
    private final MessageType type;
    private final byte[] payload;

    /**
     * Creates a message that wraps the array.
     *
     * @param type text or binary
     * @param payload kept, not copied; for a text message, valid UTF-8
     */
    public Message(MessageType type, byte[] payload) {
        this.type = Objects.requireNonNull(type, "type");
        this.payload = Objects.requireNonNull(payload, "payload");
    }

    /** {@return whether this is text or binary} */
    public MessageType type() {
        return type;
    }

    /** {@return the payload itself, not a copy; for a text message, valid UTF-8} */
    public byte[] payload() {
        return payload;
    }

    /** {@return the payload decoded as UTF-8; each call decodes it again} */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Type and length, but never the payload, because the text may end up in a log. */
    @Override
    public String toString() {
        return type + " message of " + payload.length + " bytes";
    }
}
