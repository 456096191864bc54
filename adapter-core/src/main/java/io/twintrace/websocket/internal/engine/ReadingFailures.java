package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ProtocolException;
import java.io.IOException;

/** What the peer is told when reading from it has failed; the same for both faces. */
final class ReadingFailures {
    /** The reason of a Close with 1011, after an error such as a want of memory. */
    static final String BROKEN = "error while reading";

    /** The reason of a Close with 1011, where a listener's read deadline has passed. */
    static final String DEADLINE = "read deadline passed";

    private ReadingFailures() {}

    /** Null where it is not the peer's doing. */
    static CloseStatus closeFor(IOException failure) {
        if (failure instanceof ProtocolException protocol) {
            return protocol.closeStatus();
        }
        return failure instanceof IdleTimeoutException ? new CloseStatus(CloseCode.GOING_AWAY, "idle timeout") : null;
    }
}
