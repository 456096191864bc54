package io.twintrace.websocket;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * A message for many connections. Its frame is built only once: once uncompressed, and once for each compression level
 * and window size in use. Any number of threads may write it to any number of connections.
 *
 * <p>All these frames stay in memory as long as the message. The application chooses the levels. The clients choose the
 * window sizes, of which there are at most eight.
 */
public final class PreparedMessage {
    /** The number of free bytes before the payload that an {@link Encoder} may use. */
    public static final int HEADROOM = 14;

    private final MessageType type;
    private final ByteBuffer payload;

    /** Null until a connection needs it. */
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
     * Prepares a text or binary message.
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
     * Prepares a received message.
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

    /** {@return the length of the payload in bytes} */
    public int length() {
        return payload.remaining();
    }

    /** {@return the payload, between position and limit, as a new read-only buffer} */
    public ByteBuffer payload() {
        return payload.asReadOnlyBuffer();
    }

    /**
     * Encodes a message into the form that connections send.
     *
     * @param <T> the encoded message
     */
    @FunctionalInterface
    public interface Encoder<T> {
        /**
         * Encodes a message.
         *
         * @param type text or binary
         * @param payload from position to limit; the {@value PreparedMessage#HEADROOM} bytes before it may be
         *     overwritten with a frame header
         * @return the form that connections send
         */
        T encode(MessageType type, ByteBuffer payload);
    }

    /**
     * Returns the encoded message, which the first call creates. For implementations of {@link WebSocketConnection};
     * applications do not need it. Any thread may call this. Two concurrent first calls may both encode the message.
     *
     * @param <T> the encoded message
     * @param form the class that {@code encoder} returns
     * @param encoder called if there is no encoded message of that class yet
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
