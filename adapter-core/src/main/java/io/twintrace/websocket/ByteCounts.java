package io.twintrace.websocket;

/**
 * Counts the message bytes that a connection has received and sent so far, before compression and on the wire. The two
 * differ by what compression saves. They also differ while a message is still in a buffer. Frame headers, control
 * frames and failed writes do not count.
 *
 * @param received bytes of messages received, after inflating
 * @param receivedOnWire the same bytes as they arrived, compressed if the peer compressed them
 * @param sent bytes of messages sent, before compressing
 * @param sentOnWire the same bytes as they were sent, compressed if this side compressed them
 */
public record ByteCounts(long received, long receivedOnWire, long sent, long sentOnWire) {
    @Override
    public String toString() {
        return "received " + received + " bytes (" + receivedOnWire + " on the wire), sent " + sent + " (" + sentOnWire
                + " on the wire)";
    }
}
