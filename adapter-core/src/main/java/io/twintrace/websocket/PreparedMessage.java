package io.twintrace.websocket;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * A message for many connections, whose frame is built only once: once plain, and once for each compression level and
 * window with which it is written. Any number of threads may write it to any number of connections.
 *
 * <p>All its frames stay in memory for as long as it does. Levels are the application's choice; of windows, which are
 * the clients', there are at most eight.
 */
public final class PreparedMessage {
    /** How many bytes of room an {@link Encoder} finds before the payload. */
    public static final int HEADROOM = 14;

    private final MessageType type;
    private final ByteBuffer payload;

    /** Null until a connection has needed it. */
    private volatile Object encoded;

    private PreparedMessage(MessageType type, ByteBuffer payload) {
        this.type = type;
        this.payload = ByteBuffer.allocate(HEADROOM + payload.remaining())
                .position(HEADROOM)
                .put(payload)
                .position(HEADROOM);
    }

    /**
     * Prepares a text message.
     *
     * @param text unpaired surrogates become question marks
     * @return the message, for any number of connections
     */
    public static PreparedMessage text(String text) {
        return new PreparedMessage(MessageType.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Prepares a message of bytes.
     *
     * @param type text or binary
     * @param payload copied
     * @return the message, for any number of connections
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8
     */
    public static PreparedMessage of(MessageType type, byte[] payload) {
        return of(type, ByteBuffer.wrap(payload));
    }

    /**
     * Prepares a message that has just come.
     *
     * @param message copied
     * @return the message, for any number of connections
     */
    public static PreparedMessage of(MessageView message) {
        return of(message.type(), message.payload().duplicate());
    }

    private static PreparedMessage of(MessageType type, ByteBuffer payload) {
        if (type == MessageType.TEXT && !isUtf8(payload.duplicate())) {
            throw new IllegalArgumentException("a text message must be UTF-8; send other bytes as BINARY");
        }
        return new PreparedMessage(type, payload);
    }

    private static boolean isUtf8(ByteBuffer bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer dropped = CharBuffer.allocate(1024);
        CoderResult result;
        do {
            result = decoder.decode(bytes, dropped.clear(), true);
        } while (result.isOverflow());
        return result.isUnderflow();
    }

    /** {@return whether this is text or binary} */
    public MessageType type() {
        return type;
    }

    /** {@return how many bytes the message has} */
    public int length() {
        return payload.remaining();
    }

    /** {@return the payload, between position and limit: a read-only view of its own} */
    public ByteBuffer payload() {
        return payload.asReadOnlyBuffer();
    }

    /**
     * Turns a message into what connections send.
     *
     * @param <T> the encoded message
     */
    @FunctionalInterface
    public interface Encoder<T> {
        /**
         * Encodes a message.
         *
         * @param type text or binary
         * @param payload from position to limit; the {@value PreparedMessage#HEADROOM} bytes before that may be
         *     overwritten, with a frame's header
         * @return what connections send
         */
        T encode(MessageType type, ByteBuffer payload);
    }

    /**
     * The encoded message, which is made at the first call and kept. For implementations of {@link WebSocketConnection};
     * applications do not need it. Any thread; of two that come at once both may encode it.
     *
     * @param <T> the encoded message
     * @param form what {@code encoder} makes
     * @param encoder called when there is none of that form yet
     * @return the encoded message
     */
    public <T> T encoded(Class<T> form, Encoder<T> encoder) {
        Object known = encoded;
        if (form.isInstance(known)) {
            return form.cast(known);
        }
        T made = encoder.encode(type, payload.duplicate());
        encoded = made;
        return made;
    }
}
