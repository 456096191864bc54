package io.twintrace.websocket;

import io.twintrace.websocket.internal.check.Require;
import java.time.Duration;

/** Defines what an {@link Outbox} does with a message that does not fit because the peer reads too slowly. */
public sealed interface WhenFull {
    /**
     * Makes the offering thread wait for room.
     *
     * @param longest the maximum wait, after which the message is rejected; more than zero
     * @return this action
     */
    static WhenFull block(Duration longest) {
        return new Block(longest);
    }

    /**
     * Drops the messages that have waited longest. Use this for prices, positions and other data that is soon out of
     * date.
     *
     * @return this action
     */
    static WhenFull dropOldest() {
        return new DropOldest();
    }

    /**
     * Closes the connection with 1013 (try again later) if there is no room within 200 milliseconds. The default. The
     * peer may reconnect.
     *
     * @return this action
     */
    static WhenFull closePeer() {
        return closePeer(CloseCode.TRY_AGAIN_LATER);
    }

    /**
     * Like {@link #closePeer()}, with another code.
     *
     * @param code such as 1008 (policy violation)
     * @return this action
     */
    static WhenFull closePeer(int code) {
        return closePeer(code, Duration.ofMillis(200));
    }

    /**
     * Like {@link #closePeer()}, with another code and patience. An offer waits up to {@code patience}, so a burst only
     * slows down for a peer that keeps reading. A thread that sends to many peers waits only once for each peer that is
     * too slow.
     *
     * @param code such as 1008 (policy violation)
     * @param patience how long an offer waits for room before the connection is closed; may be zero
     * @return this action
     */
    static WhenFull closePeer(int code, Duration patience) {
        return new ClosePeer(code, patience);
    }

    /**
     * See {@link #block}.
     *
     * @param longest the maximum wait of one offer
     */
    record Block(Duration longest) implements WhenFull {
        /**
         * Checks the time.
         *
         * @param longest more than zero
         */
        public Block {
            longest = Require.positive(longest, "the longest wait");
        }
    }

    /** See {@link #dropOldest()}. */
    record DropOldest() implements WhenFull {}

    /**
     * See {@link #closePeer(int, Duration)}.
     *
     * @param code the code of the Close frame
     * @param patience how long an offer waits for room before the connection is closed
     */
    record ClosePeer(int code, Duration patience) implements WhenFull {
        /**
         * Checks the values.
         *
         * @param code a code that may be sent
         * @param patience not negative
         */
        public ClosePeer {
            patience = Require.notNegative(patience, "patience");
            code = CloseCode.requireAllowed(code, "close code");
        }
    }
}
