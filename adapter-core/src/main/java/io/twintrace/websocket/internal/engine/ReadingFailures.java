package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ProtocolException;
import java.io.IOException;

/** Decides what to tell the peer after reading has failed, the same for handlers and listeners. */
final class ReadingFailures {
    /** The reason of a Close with 1011, after an error such as a lack of memory. */
    static final String BROKEN = "error while reading";

    /** The reason of a Close with 1011, after a listener's read deadline has passed. */
    static final String DEADLINE = "read deadline passed";

    private ReadingFailures() {}

    /** Returns the Close frame to send; null if the peer has not caused the failure. */
    static CloseStatus closeFor(IOException failure) {
        if (failure instanceof ProtocolException protocol) {
            return protocol.closeStatus();
        }
        if (failure instanceof PongTimeoutException) {
            return new CloseStatus(CloseCode.GOING_AWAY, "pong timeout"); // for a peer that only does not answer
        }
        return failure instanceof IdleTimeoutException ? new CloseStatus(CloseCode.GOING_AWAY, "idle timeout") : null;
    }
}
