package io.twintrace.websocket;

import io.twintrace.websocket.detect.WriteDiscipline;
import java.io.IOException;
import java.time.Duration;

/**
 * Messages on their way to one peer: any thread offers them, one writer sends them, in the order in which they were
 * offered. From {@link WebSocketConnection#outbox()}. Offering does not wait for the peer while there is room.
 *
 * <p>Everything that is written to the connection has to go through here, the handler's own messages included. The first offer
 * {@linkplain WriteDiscipline declares} that, and takes a write deadline away, so that the write timeout of the options
 * holds; from then on every direct write fails at once, and so does every guarded setting, which belongs before it. The
 * report of such a write names the place of the first offer as well.
 *
 * <p>An offer throws a {@link io.twintrace.websocket.detect.ConcurrentWriteException} only if it is the first, and
 * another thread is inside a direct write or has a {@link MessageWriter} open. One that this thread has open is
 * completed by its first offer. After a direct write past the outbox, offers return false, and {@link #flush} throws
 * with the conflict as the cause: the thread that wrote directly is the one to be changed.
 *
 * <p>What waits is bounded in messages and in bytes ({@link OutboxOptions}). The message that is being written does not
 * count. A thread is held only while there is something to write: a virtual one on JDK 21 and later. Inside a call of a
 * {@link WebSocketListener} the calling thread writes by itself, as long as the peer takes what is written, and nothing
 * here waits, as if every patience and timeout were zero.
 *
 * <p>An offer returns false if the message will not be sent: when the connection has ended or is closing, when this
 * was closed, or when there was no room. A broadcaster need not look, since the peer's own handler sees the end of
 * its connection; a loop that has only this peer must end at false. A message that was accepted is lost only together
 * with the connection, or to {@link WhenFull#dropOldest()}.
 *
 * <p>Safe for any thread.
 */
public interface Outbox {
    /**
     * Offers a text message.
     *
     * @param text unpaired surrogates are sent as question marks
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    boolean offer(String text);

    /**
     * Offers a message of bytes.
     *
     * @param type text or binary
     * @param payload copied
     * @return whether it will be sent
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8, or when it is larger than
     *     the outbox
     */
    boolean offer(MessageType type, byte[] payload);

    /**
     * Offers a message that others get as well.
     *
     * @param message not copied
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    boolean offer(PreparedMessage message);

    /**
     * Offers a value as JSON. Needs Gson.
     *
     * @param value serialised by the calling thread, before this returns
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    boolean offerJson(Object value);

    /** {@return how many messages wait at the moment} */
    int waiting();

    /** {@return how many bytes of payload wait at the moment} */
    long waitingBytes();

    /** {@return how many messages {@link WhenFull#dropOldest()} has dropped so far} */
    long dropped();

    /**
     * Waits until everything that was accepted before this call is written, or was dropped by {@link WhenFull}.
     * Messages that are offered meanwhile are not waited for.
     *
     * @param timeout zero to look without waiting
     * @return false when the timeout came first
     * @throws IOException when the connection has ended before, so that some were lost
     */
    boolean flush(Duration timeout) throws IOException;

    /**
     * Accepts no more, and waits until what was accepted is written, for the close timeout of the options at most. What
     * is left then goes on being written until the connection is closed.
     */
    void close();
}
