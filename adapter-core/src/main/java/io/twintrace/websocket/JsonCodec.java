package io.twintrace.websocket;

import java.lang.reflect.Type;

/**
 * Converts values to JSON and back, for {@link WebSocketConnection#writeJson}, {@link Outbox#offerJson},
 * {@code readJson} and {@link MessageView#json(Type)}. Set it with {@link WebSocketOptions.Builder#jsonCodec}. Without
 * one the library uses Gson.
 *
 * <p>One codec serves all connections of its options, so any number of threads call it at once. It converts whole
 * messages: a value that cannot be converted then leaves no half of a message behind.
 */
public interface JsonCodec {
    /**
     * Converts a value to JSON. {@code writeJson} calls this inside its guard, so a codec that writes to the same
     * connection gets an IllegalStateException. If this throws, nothing is sent, the exception leaves the calling
     * method, and the connection remains usable.
     *
     * @param value the value that the application passes, which may be null
     * @return one JSON text, never null; the library does not check it
     */
    String encode(Object value);

    /**
     * Converts JSON to a value. Throw {@link InvalidJsonException} for what the peer did wrong: unless the application
     * catches it, the connection is closed with 1007. Every other exception is the application's mistake, such as a
     * type that the codec cannot create, and closes the connection with 1011.
     *
     * @param text a whole message, never blank
     * @param type the type that the application asks for
     * @return the value; null for the JSON literal null, which the library then refuses
     * @throws InvalidJsonException when the text is not exactly one JSON text of that type; logs show its message, so
     *     do not quote the text; where the place is unknown, line and column are 1
     */
    Object decode(String text, Type type) throws InvalidJsonException;
}
