package io.twintrace.websocket;

import io.twintrace.websocket.frame.CloseCode;
import java.time.Duration;

/** What an {@link Outbox} does with a message for which it has no room, because the peer reads more slowly. */
public sealed interface WhenFull {
    /** The thread that offers waits for room; at the deadline its message is refused. */
    static WhenFull block(Duration longest) {
        return new Block(longest);
    }

    /** The messages that have waited longest give way: for prices, positions and whatever is soon out of date. */
    static WhenFull dropOldest() {
        return new DropOldest();
    }

    /** The peer is closed with 1013 (try again later): the default. It may connect again and begin anew. */
    static WhenFull closePeer() {
        return new ClosePeer(CloseCode.TRY_AGAIN_LATER);
    }

    /** The peer is closed with another code, such as 1008 (policy violation). */
    static WhenFull closePeer(int code) {
        return new ClosePeer(code);
    }

    /**
     * See {@link #block}.
     *
     * @param longest how long one offer may wait
     */
    record Block(Duration longest) implements WhenFull {
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
     * See {@link #closePeer(int)}.
     *
     * @param code of the Close frame
     */
    record ClosePeer(int code) implements WhenFull {
        public ClosePeer {
            if (!CloseCode.isAllowedOnWire(code)) {
                throw new IllegalArgumentException(
                        "close code is " + code + ", but must be 1000 to 1003, 1007 to 1014 or" + " 3000 to 4999");
            }
        }
    }
}
