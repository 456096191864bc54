package io.twintrace.websocket;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** One whole message as it was received. The payload is the application's own: the library keeps no reference. */
public final class Message {
    private final MessageType type;
    private final byte[] payload;

    /** A message of this very array. */
    public Message(MessageType type, byte[] payload) {
        this.type = Objects.requireNonNull(type, "type");
        this.payload = Objects.requireNonNull(payload, "payload");
    }

    /** Text or binary. */
    public MessageType type() {
        return type;
    }

    /** The payload itself, not a copy; for a text message, valid UTF-8. */
    public byte[] payload() {
        return payload;
    }

    /** The payload decoded as UTF-8; made anew at each call. */
    public String text() {
        return new String(payload, StandardCharsets.UTF_8);
    }

    /** Type and length, but never the payload: this may end in a log. */
    @Override
    public String toString() {
        return type + " message of " + payload.length + " bytes";
    }
}
