package io.twintrace.websocket;

import java.io.IOException;
import java.lang.reflect.Type;

/**
 * A connection that its {@link WebSocketHandler} reads, waiting for each message.
 *
 * <p><b>Threads.</b> One thread at a time may read, and one at a time may write; they may be different ones.
 *
 * <p><b>Ends.</b> When the peer closes in the ordinary way (1000, 1001 or without a code) read methods return null.
 * Every other end is an IOException: {@link CloseException} when the peer closed with another code or vanished (1006),
 * {@link ProtocolException} when it broke the RFC or a limit, {@link java.net.SocketTimeoutException} at a deadline.
 * Ends are permanent.
 */
public interface BlockingConnection extends WebSocketConnection {
    /**
     * Waits for the next message and reads it whole. Pings, Pongs and Close frames are answered on the way.
     *
     * @return null when the peer has closed in the ordinary way
     * @throws CloseException when it closed otherwise, or the connection ended without a Close frame (1006)
     * @throws ProtocolException when the peer broke the RFC, or a limit; it has been sent the matching Close code
     * @throws java.net.SocketTimeoutException at the read deadline or the idle timeout
     * @throws IllegalStateException when another thread is reading, or at the 1000th read after the end
     */
    Message readMessage() throws IOException;

    /**
     * Waits for the next message, to be read piece by piece. What is left of the message before is read and dropped.
     *
     * @return null when the peer has closed in the ordinary way
     * @throws IOException as {@link #readMessage()}
     */
    MessageReader nextReader() throws IOException;

    /**
     * Waits for the next message and reads it as JSON. Needs Gson.
     *
     * @param <T> the type of the value
     * @param type what to read the message as
     * @return null when the peer has closed in the ordinary way
     * @throws InvalidJsonException when it is not JSON of that type, is empty, or is the literal null; the next message
     *     may be read after that
     * @throws IOException as {@link #readMessage()}
     */
    @SuppressWarnings("unchecked") // the value is what it is asked for, boxed where the class is primitive
    default <T> T readJson(Class<T> type) throws IOException {
        return (T) readJson((Type) type);
    }

    /**
     * {@link #readJson(Class)} for generic types.
     *
     * @param type what to read the message as
     * @return null when the peer has closed in the ordinary way
     * @throws IOException as {@link #readJson(Class)}
     */
    Object readJson(Type type) throws IOException;
}
