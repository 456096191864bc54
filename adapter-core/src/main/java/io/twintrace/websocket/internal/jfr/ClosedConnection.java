package io.twintrace.websocket.internal.jfr;

import io.twintrace.websocket.internal.io.ByteCounter;

/**
 * What the event of a closed connection tells.
 *
 * @param receivedCode the code of the peer's Close frame; 1006 if there is none
 * @param sentCode the code of this side's Close frame, which may not have reached the peer; 0 if there is none
 */
public record ClosedConnection(long number, long ageNanos, ByteCounter counter, int receivedCode, int sentCode) {}
