package io.twintrace.websocket.room;

/**
 * What all rooms of one name in {@link RoomsMetrics} have done on this node. See {@link RoomsMetrics#totals()}.
 *
 * @param rooms how many rooms are open now
 * @param members how many members these have on this node
 * @param messages the messages that came to this node
 * @param delivered the deliveries to single members that their connections accepted
 * @param refused the deliveries that they did not accept, because they were ending, or too slow, or the message too
 *     large for them
 * @param rejected the messages that were not taken, so that the caller got false: the room was closed, or too much
 *     waited for the room or for the backplane
 * @param lost the messages of other nodes that did not reach this one, at least
 * @param waiting the messages that wait to be delivered now
 * @param backplane what joins the nodes
 */
public record RoomsTotals(
        int rooms,
        int members,
        long messages,
        long delivered,
        long refused,
        long rejected,
        long lost,
        int waiting,
        BackplaneStatistics backplane) {}
