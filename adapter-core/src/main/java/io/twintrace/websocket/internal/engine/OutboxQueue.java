package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.OutboxOptions;
import java.util.ArrayDeque;

/** Holds the messages that wait in an outbox, and tracks how far its writer has come. Guarded by the outbox's lock. */
final class OutboxQueue {
    private final int maxMessages;
    private final long maxBytes;
    private final ArrayDeque<OfferedMessage> waiting = new ArrayDeque<>();
    private long bytes;

    /** The number of accepted messages, which is also the number of the last one in the queue. Numbers have no gaps. */
    private long accepted;

    /** The number of the message that is being written; 0 if there is none. */
    private long inFlight;

    private long dropped;

    OutboxQueue(OutboxOptions options) {
        this.maxMessages = options.maxMessages();
        this.maxBytes = options.maxBytes();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int count() {
        return waiting.size();
    }

    /** Returns how many bytes of payload wait. */
    long bytes() {
        return bytes;
    }

    long dropped() {
        return dropped;
    }

    /** Returns the number of the message that was accepted last. */
    long accepted() {
        return accepted;
    }

    boolean hasRoom(int length) {
        return waiting.size() < maxMessages && bytes + length <= maxBytes;
    }

    void add(OfferedMessage message) {
        waiting.addLast(message);
        bytes += message.length();
        accepted++;
    }

    /** Accepts a message that does not wait, but is written at once. */
    void addInFlight() {
        accepted++;
        inFlight = accepted;
    }

    void dropOldest() {
        bytes -= waiting.removeFirst().length();
        dropped++;
    }

    /** Takes the next message to write, after the previous one was written. Returns null if none waits. */
    OfferedMessage next() {
        OfferedMessage message = waiting.pollFirst();
        if (message == null) {
            inFlight = 0;
        } else {
            bytes -= message.length();
            inFlight = accepted - waiting.size();
        }
        return message;
    }

    /** Notes that the message in flight is written, and that the next one is left for later. */
    void pause() {
        inFlight = 0;
    }

    /** Returns whether all messages up to this number are written or were dropped. */
    boolean areGone(long number) {
        return accepted - waiting.size() >= number && (inFlight == 0 || inFlight > number);
    }

    /** Drops the waiting messages, so that no thread takes them for written. */
    void clear() {
        accepted -= waiting.size();
        waiting.clear();
        bytes = 0;
    }
}
