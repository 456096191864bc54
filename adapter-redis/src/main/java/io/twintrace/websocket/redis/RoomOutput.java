package io.twintrace.websocket.redis;

import io.twintrace.websocket.room.RoomMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/** What this node has published in a room, from one opening to its end. Guarded by the lock of {@link Outgoing}. */
final class RoomOutput {
    /** The stream's key. */
    final String stream;

    /** Names this opening in the stream: two openings number their messages separately. */
    final String writer;

    /** The messages that this node has not delivered yet, in their order; first those that need not wait for Redis. */
    final Deque<Published> undelivered = new ArrayDeque<>();

    long sequence;
    boolean closed;

    /** The last message that has come back from Redis, and the session in which these numbers have begun. */
    private long returned;

    private Session returnedIn;

    /** How many messages were dropped since the last written one. */
    private long missing;

    /** For the publisher only: the session in which the stream has got its expiry. */
    Session expires;

    /** For the publisher only: whether the log has it that Redis refuses messages. */
    boolean toldRefused;

    RoomOutput(String stream, String writer) {
        this.stream = stream;
        this.writer = writer;
    }

    Published next(RoomMessage message, boolean local) {
        Published next = new Published(this, ++sequence, message, local);
        undelivered.add(next);
        return next;
    }

    /** {@return whether this node delivers the next message without Redis} */
    boolean hasLocal() {
        Published next = undelivered.peek();
        return next != null && next.local;
    }

    /** The others will not get a message. The next one that is written says so. */
    void noteDropped(Published dropped) {
        missing += dropped.missing + 1;
    }

    /** A message is the next to be written. It may have to be written again, and then says the same. */
    void noteNext(Published next) {
        next.missing += missing;
        missing = 0;
    }

    /** What waits now, up to a number, need not wait for Redis. */
    void deliverLocally(long upTo) {
        for (Published each : undelivered) {
            if (each.sequence > upTo) {
                break;
            }
            each.local = true;
        }
    }

    /** Takes out the message with a number, if it waits to be delivered. */
    Optional<Published> take(long number) {
        for (Iterator<Published> all = undelivered.iterator(); all.hasNext(); ) {
            Published next = all.next();
            if (next.sequence == number) {
                all.remove();
                return Optional.of(next);
            } else if (next.sequence > number) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** No message up to this one is awaited from Redis any more. */
    void noteReturned(long upTo) {
        returned = Math.max(returned, upTo);
    }

    long returned() {
        return returned;
    }

    /** Whether the room's own reader has to catch up first: more than a window of messages have not come back. */
    boolean isAhead(Published next, Session session, int window) {
        if (returnedIn != session) {
            returnedIn = session;
            returned = next.sequence - 1;
        }
        return !closed && next.sequence - returned > window;
    }

    /** Redis has dropped what was written, which will not come back: the window begins with the next message. */
    void restartWindow() {
        returnedIn = null;
    }

    /** A message that waits. */
    static final class Published {
        final RoomOutput output;
        final long sequence;
        final RoomMessage message;
        final int bytes;

        /** Whether this node delivers it without Redis. */
        boolean local;

        /** Whether it need not be written any more. */
        boolean written;

        boolean delivered;

        /** How many were dropped between the message that was written before and this one. */
        long missing;

        Published(RoomOutput output, long sequence, RoomMessage message, boolean local) {
            this.output = output;
            this.sequence = sequence;
            this.message = message;
            this.local = local;
            bytes = message.content().length();
        }
    }
}
