package io.twintrace.websocket;

import java.time.Duration;

/** What an {@link Outbox} does with a message for which it has no room, because the peer reads more slowly. */
public sealed interface WhenFull {
    /**
     * The thread that offers waits for room.
     *
     * @param longest after which its message is refused; more than zero
     * @return this way to be full
     */
    static WhenFull block(Duration longest) {
        return new Block(longest);
    }

    /**
     * Drops the messages that have waited longest. For prices, positions and whatever is soon out of date.
     *
     * @return this way to be full
     */
    static WhenFull dropOldest() {
        return new DropOldest();
    }

    /**
     * Closes the peer with 1013 (try again later) if there is no room within 200 milliseconds: the default. The peer
     * may connect again and begin anew.
     *
     * @return this way to be full
     */
    static WhenFull closePeer() {
        return closePeer(CloseCode.TRY_AGAIN_LATER);
    }

    /**
     * {@link #closePeer()} with another code.
     *
     * @param code such as 1008 (policy violation)
     * @return this way to be full
     */
    static WhenFull closePeer(int code) {
        return closePeer(code, Duration.ofMillis(200));
    }

    /**
     * {@link #closePeer()} with another code and another patience. The offering thread waits for so long, so a burst to
     * a peer that reads all the time is only slowed down. A thread that sends to many waits so long at most for each
     * peer that is too slow, and only once.
     *
     * @param code such as 1008 (policy violation)
     * @param patience how long an offer waits for room before the peer is closed; may be zero
     * @return this way to be full
     */
    static WhenFull closePeer(int code, Duration patience) {
        return new ClosePeer(code, patience);
    }

    /**
     * See {@link #block}.
     *
     * @param longest how long one offer may wait
     */
    record Block(Duration longest) implements WhenFull {
        /**
         * Checks the time.
         *
         * @param longest more than zero
         */
        public Block {
            if (longest.isNegative() || longest.isZero()) {
                throw new IllegalArgumentException(
                        "an offer may block for " + longest + ", but that must be more than" + " zero");
            }
        }
    }

    /** See {@link #dropOldest()}. */
    record DropOldest() implements WhenFull {}

    /**
     * See {@link #closePeer(int, Duration)}.
     *
     * @param code of the Close frame
     * @param patience how long an offer waits for room before
     */
    record ClosePeer(int code, Duration patience) implements WhenFull {
        /**
         * Checks the values.
         *
         * @param code one that may be sent
         * @param patience not negative
         */
        public ClosePeer {
            if (patience.isNegative()) {
                throw new IllegalArgumentException("patience is " + patience + ", but must not be negative");
            }
            if (!CloseCode.isAllowedOnWire(code)) {
                throw new IllegalArgumentException(
                        "close code is " + code + ", but must be 1000 to 1003, 1007 to 1014 or" + " 3000 to 4999");
            }
        }
    }
}
