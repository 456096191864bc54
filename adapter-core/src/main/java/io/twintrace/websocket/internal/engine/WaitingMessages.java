package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.OutboxOptions;
import java.util.ArrayDeque;

/** What waits in an outbox, and how far its writer has come. Guarded by the outbox's lock. */
final class WaitingMessages {
    private final int mostMessages;
    private final long mostBytes;
    private final ArrayDeque<OutgoingMessage> waiting = new ArrayDeque<>();
    private long bytes;

    /** How many messages were accepted: the number of the last one in the queue, which has no gaps. */
    private long accepted;

    /** The number of the message that is being written; 0 while none is. */
    private long inFlight;

    private long dropped;

    WaitingMessages(OutboxOptions options) {
        this.mostMessages = options.maxMessages();
        this.mostBytes = options.maxBytes();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int count() {
        return waiting.size();
    }

    /** How many bytes of payload wait. */
    long bytes() {
        return bytes;
    }

    long dropped() {
        return dropped;
    }

    /** The number of the message that was accepted last. */
    long accepted() {
        return accepted;
    }

    boolean hasRoom(int length) {
        return waiting.size() < mostMessages && bytes + length <= mostBytes;
    }

    void add(OutgoingMessage message) {
        waiting.addLast(message);
        bytes += message.length();
        accepted++;
    }

    /** One is accepted that does not wait, but is written at once. */
    void addInFlight() {
        accepted++;
        inFlight = accepted;
    }

    void dropOldest() {
        bytes -= waiting.removeFirst().length();
        dropped++;
    }

    /** Takes the next one to be written, once the one before has been; null when there is none. */
    OutgoingMessage next() {
        OutgoingMessage message = waiting.pollFirst();
        if (message == null) {
            inFlight = 0;
        } else {
            bytes -= message.length();
            inFlight = accepted - waiting.size();
        }
        return message;
    }

    /** What was in flight is written, and the next one is left for later. */
    void pause() {
        inFlight = 0;
    }

    /** Whether all messages up to that number are written, or were dropped. */
    boolean areGone(long number) {
        return accepted - waiting.size() >= number && (inFlight == 0 || inFlight > number);
    }

    /** Forgets those that wait, so that nobody takes them for written. */
    void clear() {
        accepted -= waiting.size();
        waiting.clear();
        bytes = 0;
    }
}
