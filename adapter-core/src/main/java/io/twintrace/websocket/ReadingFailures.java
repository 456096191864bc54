package io.twintrace.websocket;

import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.frame.ProtocolException;
import java.io.IOException;

/** What the peer is told when reading from it has failed; the same for both faces. */
final class ReadingFailures {
    private ReadingFailures() {}

    /** Null where it is not the peer's doing. */
    static CloseStatus closeFor(IOException failure) {
        if (failure instanceof ProtocolException protocol) {
            return new CloseStatus(protocol.closeCode(), "");
        }
        return failure instanceof IdleTimeoutException ? new CloseStatus(CloseCode.GOING_AWAY, "idle timeout") : null;
    }
}
