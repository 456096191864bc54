package io.twintrace.websocket;

/**
 * How many bytes of messages a connection has received and sent so far: as the application has them, and as they were on
 * the wire. The two differ by what compression saves, and while a message is under way by what is in a buffer. Headers
 * and control frames do not count, nor does what failed to be written.
 *
 * @param received bytes of messages received, after inflating
 * @param receivedOnWire the same bytes as they came, compressed if the peer compressed them
 * @param sent bytes of messages sent, before compressing
 * @param sentOnWire the same bytes as they went out, compressed if this side compressed them
 */
public record ByteCounts(long received, long receivedOnWire, long sent, long sentOnWire) {
    @Override
    public String toString() {
        return "received " + received + " bytes (" + receivedOnWire + " on the wire), sent " + sent + " (" + sentOnWire
                + " on the wire)";
    }
}
