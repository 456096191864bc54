package io.twintrace.websocket.internal.jmx;

/**
 * Shows what the rooms of one name have done on this node. Registered under
 * {@code io.twintrace.websocket:type=Rooms,name="rooms"} while these rooms are open and a servlet of the library runs. A
 * value is at most a tenth of a second old.
 */
public interface RoomsMXBean {
    /** Returns the number of open rooms. */
    int getRooms();

    /** Returns the number of members on this node. */
    int getMembers();

    /** Returns the number of messages that came to this node. */
    long getMessages();

    /** Returns the number of deliveries to single members that their connections accepted. */
    long getDeliveriesAccepted();

    /** Returns the number of deliveries that they did not accept: too slow, ending, or the message too large. */
    long getDeliveriesRefused();

    /** Returns the number of messages that were not taken: too much waited, or the room was closed. */
    long getRejected();

    /** Returns the number of messages that wait to be delivered. */
    int getWaiting();

    /** Returns the number of messages of other nodes that did not reach this one, at least. */
    long getLost();

    /** Returns whether the other nodes can be reached; true if there are none. */
    boolean isConnected();

    /** Returns the number of messages that the backplane has accepted. */
    long getPublished();

    /** Returns the number of those that have not come back yet. */
    int getPublishedWaiting();

    /** Returns the payload bytes of those. */
    long getPublishedWaitingBytes();

    /** Returns the number of accepted messages that other nodes never get. */
    long getUnshared();

    /** Returns the number of messages that came twice, and were delivered once. */
    long getRepeated();

    /** Returns the number of entries that were found among the messages, and were none. */
    long getMalformed();

    /** Returns how often the other nodes could be reached again. */
    long getReconnects();
}
