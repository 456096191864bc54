package io.twintrace.websocket.room;

/**
 * What a room has done on this node so far.
 *
 * @param members the members on this node now
 * @param messages the messages that came to this node
 * @param delivered the deliveries to single members that their connections accepted
 * @param refused the deliveries that they did not accept, because they were ending, or too slow, or the message too
 *     large for them
 * @param lost the messages of other nodes that did not reach this one, at least
 * @param waiting the messages that wait to be delivered now
 */
public record RoomStatistics(int members, long messages, long delivered, long refused, long lost, int waiting) {}
