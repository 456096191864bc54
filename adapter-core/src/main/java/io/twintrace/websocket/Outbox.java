package io.twintrace.websocket;

import io.twintrace.websocket.detect.WriteDiscipline;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The outbound queue of one connection, from {@link WebSocketConnection#outbox()}. Any thread may offer messages, and
 * they are sent in that order, one at a time. An offer does not wait for the peer while there is room.
 *
 * <p>All writes to the connection must use the outbox, including those of its handler. The first offer
 * {@linkplain WriteDiscipline declares} this rule. It also removes a write deadline, so that the write timeout of the
 * options applies. After that, direct writes and guarded settings fail at once, so change settings before the first
 * offer. The report of such a write also shows where the first offer was made.
 *
 * <p>An offer throws a {@link io.twintrace.websocket.detect.ConcurrentWriteException} only if it is the first, and
 * another thread is inside a direct write or has a {@link MessageWriter} open. If the offering thread itself has one
 * open, its first offer completes that message. {@link #claim} does all this without a message. After a direct write
 * past the outbox, offers return false, and {@link #flush} throws an exception with the conflict as the cause if
 * messages were lost. To fix this, change the thread that wrote directly.
 *
 * <p>{@link OutboxOptions} limits the number of messages and bytes that wait. The message that is being written does
 * not count. An outbox needs no thread: the offering thread writes the message itself, and never waits for the peer to
 * take it. If the peer has not taken everything before, the message waits, and the connection goes on by itself once the
 * peer reads. Inside a call of a {@link WebSocketListener} nothing waits for room either, as if every patience and
 * timeout were zero.
 *
 * <p>An offer returns false if the message will not be sent: the connection has ended or is closing, the outbox is
 * closed, or there was no room. A broadcaster can ignore this, because the peer's own handler sees the end. A loop that
 * serves only this peer must stop at false. An accepted message is lost only if the connection ends, or to
 * {@link WhenFull#dropOldest()}.
 *
 * <p>Safe for use by any thread.
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
     * Offers a text or binary message.
     *
     * @param type text or binary
     * @param payload copied
     * @return whether it will be sent
     * @throws IllegalArgumentException when the type is TEXT and the payload is not UTF-8, or when it is larger than
     *     the outbox
     */
    boolean offer(MessageType type, byte[] payload);

    /**
     * Offers a prepared message, which other connections may send too.
     *
     * @param message not copied
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    boolean offer(PreparedMessage message);

    /**
     * Offers several prepared messages, one after the other. They cost less than with an offer for each, because small
     * ones are written together.
     *
     * @param messages not copied
     * @return how many of them, from the first one on, will be sent
     * @throws IllegalArgumentException when one of them is larger than the outbox; none is offered then
     */
    int offerAll(List<PreparedMessage> messages);

    /**
     * Offers a prepared message that is soon out of date, such as a price. It takes the place of a message with the same
     * key that still waits, so a slow peer gets only the latest one for each key.
     *
     * @param message not copied
     * @param key says what the message is about; compared with {@code equals}
     * @return whether it, or a newer one with the same key, will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    boolean offer(PreparedMessage message, Object key);

    /**
     * Offers a value as a text message of JSON. Needs Gson or a {@link JsonCodec}.
     *
     * @param value serialized by the calling thread before this method returns
     * @return whether it will be sent
     * @throws IllegalArgumentException when it is larger than the outbox
     */
    boolean offerJson(Object value);

    /**
     * Declares, without a message, that only this outbox writes to the connection from now on. The first offer does so
     * otherwise. Has no effect after that.
     *
     * @return false if the connection has ended or is closing, or another thread is just making its first offer
     */
    boolean claim();

    /** {@return the current number of waiting messages} */
    int waiting();

    /** {@return the current number of waiting payload bytes} */
    long waitingBytes();

    /**
     * {@return the number of accepted messages that were not sent so far, because {@link WhenFull#dropOldest()} has
     * dropped them, or because a newer one with the same key has replaced them}
     */
    long dropped();

    /**
     * Waits until all messages accepted before this call are written, or dropped by {@link WhenFull}. Does not wait for
     * messages that are offered during this call.
     *
     * @param timeout zero to check without waiting
     * @return false if the timeout expired first
     * @throws IOException when the connection ended earlier, so that messages were lost
     */
    boolean flush(Duration timeout) throws IOException;

    /**
     * Stops accepting messages and waits until the accepted ones are written, at most for the close timeout of the
     * options. The outbox keeps writing the rest until the connection is closed.
     */
    void close();
}
