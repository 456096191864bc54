package io.twintrace.websocket;

import java.io.IOException;
import java.lang.reflect.Type;

/**
 * A connection that its {@link WebSocketHandler} reads with blocking calls.
 *
 * <p><b>Threads.</b> Only one thread at a time may read, and only one at a time may write. They may be different
 * threads.
 *
 * <p><b>End.</b> When the peer closes in the ordinary way (1000, 1001 or no code), read methods return null. Every
 * other end is an IOException: {@link CloseException} when the peer closed with another code or vanished (1006),
 * {@link ProtocolException} when it violated the RFC or a limit, {@link java.net.SocketTimeoutException} at a deadline.
 * An end is permanent.
 */
public interface BlockingConnection extends WebSocketConnection {
    /**
     * Waits for the next message and reads it completely. Handles Pings, Pongs and Close frames before it.
     *
     * @return null when the peer has closed in the ordinary way
     * @throws CloseException when it closed otherwise, or the connection ended without a Close frame (1006)
     * @throws ProtocolException when the peer violated the RFC or a limit; it has been sent the matching close code
     * @throws java.net.SocketTimeoutException at the read deadline or the idle timeout
     * @throws IllegalStateException when another thread is reading, or at the 1000th read after the end
     */
    Message readMessage() throws IOException;

    /**
     * Waits for the next message, to be read piece by piece. Drops the unread rest of the previous message.
     *
     * @return null when the peer has closed in the ordinary way
     * @throws IOException as {@link #readMessage()}
     */
    MessageReader nextReader() throws IOException;

    /**
     * Waits for the next message and parses it as JSON. Needs Gson or a {@link JsonCodec}.
     *
     * @param <T> the type of the value
     * @param type the type to parse
     * @return null when the peer has closed in the ordinary way
     * @throws InvalidJsonException when it is not JSON of that type, is empty, or is the literal null; reading can
     *     continue
     * @throws IOException as {@link #readMessage()}
     */
    @SuppressWarnings("unchecked") // the value has the requested type, boxed if the class is primitive
    default <T> T readJson(Class<T> type) throws IOException {
        return (T) readJson((Type) type);
    }

    /**
     * Waits for the next message and parses it as JSON of a generic type, like {@link #readJson(Class)}.
     *
     * @param type the type to parse
     * @return null when the peer has closed in the ordinary way
     * @throws IOException as {@link #readJson(Class)}
     */
    Object readJson(Type type) throws IOException;
}
