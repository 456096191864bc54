package io.twintrace.websocket.room;

/**
 * What a {@link Backplane} has done on this node since it was created.
 *
 * @param connected whether the other nodes can be reached, as far as this node knows
 * @param waiting messages that were published, and have not come back from the backplane yet
 * @param waitingBytes the payload bytes of those
 * @param published messages that were accepted
 * @param rejected messages that were not, because too many waited, or the room or the backplane was closed
 * @param delivered messages that this node has given to its rooms
 * @param unshared messages that were accepted, and that other nodes never get
 * @param lost messages of other nodes that this one knows it has missed
 * @param repeated messages that came twice, and were given to rooms once
 * @param malformed what was found among the messages, and was none
 * @param reconnects how often the other nodes could be reached again
 */
public record BackplaneStatistics(
        boolean connected,
        int waiting,
        long waitingBytes,
        long published,
        long rejected,
        long delivered,
        long unshared,
        long lost,
        long repeated,
        long malformed,
        long reconnects) {
    /** Of a backplane that counts nothing. */
    public static final BackplaneStatistics NONE = new BackplaneStatistics(true, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    BackplaneStatistics plus(BackplaneStatistics other) {
        return new BackplaneStatistics(
                connected && other.connected,
                waiting + other.waiting,
                waitingBytes + other.waitingBytes,
                published + other.published,
                rejected + other.rejected,
                delivered + other.delivered,
                unshared + other.unshared,
                lost + other.lost,
                repeated + other.repeated,
                malformed + other.malformed,
                reconnects + other.reconnects);
    }

    /** Returns what stays when the backplane has closed. */
    BackplaneStatistics ofClosed() {
        return new BackplaneStatistics(
                true, 0, 0, published, rejected, delivered, unshared, lost, repeated, malformed, reconnects);
    }
}
