package io.twintrace.websocket.redis;

/** Says what happens to a message that is published while Redis cannot be reached. */
public enum WhenAway {
    /**
     * The message waits until Redis is back. So all nodes have one order, and every message has its id. Publishing fails
     * once too many messages wait. This is the default.
     */
    HOLD,

    /**
     * This node delivers the message at once, without an id, and does not keep it: members that come back later get the
     * notice of a gap. The other nodes get it when Redis is back, at a later place in the order than here. If too many messages wait for that, the oldest are lost for the other nodes.
     */
    DELIVER_LOCALLY
}
