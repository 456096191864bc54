package io.twintrace.websocket;

import java.lang.reflect.Type;
import java.nio.ByteBuffer;

/**
 * A message as a {@link WebSocketListener} is shown it. Valid during the call and on its thread alone, since the memory is
 * used again for the next message; after that every method throws IllegalStateException. To keep it, take
 * {@link #text()} or a copy of {@link #payload()}.
 */
public interface MessageView {
    /** {@return whether this is text or binary} */
    MessageType type();

    /** {@return how many bytes the message has} */
    int length();

    /**
     * {@return the payload, between position and limit; for a text message, valid UTF-8} Read-only, since it may be
     * passed on; the same buffer at each call.
     */
    ByteBuffer payload();

    /** {@return the whole payload decoded as UTF-8; made anew at each call} */
    String text();

    /**
     * The message read as JSON, made anew at each call. Needs Gson.
     *
     * @param <T> the type of the value
     * @param type what to read the message as
     * @return the value
     * @throws InvalidJsonException when it is not JSON of that type, is empty, or is the literal null
     */
    @SuppressWarnings("unchecked") // the value is what it is asked for, boxed where the class is primitive
    default <T> T json(Class<T> type) throws InvalidJsonException {
        return (T) json((Type) type);
    }

    /**
     * {@link #json(Class)} for generic types.
     *
     * @param type what to read the message as
     * @return the value
     * @throws InvalidJsonException as {@link #json(Class)}
     */
    Object json(Type type) throws InvalidJsonException;
}
