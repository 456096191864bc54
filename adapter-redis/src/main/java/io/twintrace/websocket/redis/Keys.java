package io.twintrace.websocket.redis;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The names of keys. The name of a room is at the end, and the name of a node has no colon, so that no two keys have the
 * same name.
 *
 * @param prefix begins all of them
 */
record Keys(String prefix) {
    /** {@return a name that no other node or backplane has} */
    static String randomName() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** {@return the stream of a room's messages} */
    String room(String room) {
        return prefix + "room:" + room;
    }

    /** {@return the set of the nodes that have members in a room} */
    String nodes(String room) {
        return prefix + "nodes:" + room;
    }

    /** {@return the hash of a node's members in a room} */
    String members(String node, String room) {
        return prefix + "members:" + node + ":" + room;
    }

    /** {@return the stream in which all nodes announce changes of their members} */
    String presence() {
        return prefix + "presence";
    }

    /** {@return the hash in which a backplane notes what it has written last} */
    String written(String node, String backplane) {
        return prefix + "written:" + node + ":" + backplane;
    }

    /** {@return the stream in which a node wakes its own reader} */
    String wake(String node) {
        return prefix + "wake:" + node;
    }
}
