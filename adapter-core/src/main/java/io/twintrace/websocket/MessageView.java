package io.twintrace.websocket;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;

/**
 * A message in a call of a {@link WebSocketListener}. Valid only during the call and on its thread, because the library
 * reuses the memory for the next message. After the call, methods throw IllegalStateException, or show the message of
 * another call if the same thread is in one. To keep the message, store {@link #text()} or a copy of {@link #payload()}.
 */
public interface MessageView {
    /** {@return whether this is text or binary} */
    MessageType type();

    /** {@return the length of the payload in bytes} */
    int length();

    /**
     * {@return the payload, between position and limit; for a text message, valid UTF-8} The buffer is read-only,
     * because other connections may send it too. Each call returns the same buffer.
     */
    ByteBuffer payload();

    /** {@return the whole payload decoded as UTF-8; each call decodes it again} */
    String text();

    /**
     * Parses the message as JSON. Each call parses it again. Needs Gson or a {@link JsonCodec}.
     *
     * @param <T> the type of the value
     * @param type the type to parse
     * @return the value
     * @throws InvalidJsonException when it is not JSON of that type, is empty, or is the literal null
     */
    @SuppressWarnings("unchecked") // the value has the requested type, boxed if the class is primitive
    default <T> T json(Class<T> type) throws InvalidJsonException {
        return (T) json((Type) type);
    }

    /**
     * Parses the message as JSON of a generic type, like {@link #json(Class)}.
     *
     * @param type the type to parse
     * @return the value
     * @throws InvalidJsonException as {@link #json(Class)}
     */
    Object json(Type type) throws InvalidJsonException;
}
