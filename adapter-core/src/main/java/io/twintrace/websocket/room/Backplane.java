package io.twintrace.websocket.room;

import java.util.List;
import java.util.Optional;

/**
 * Carries the messages of rooms between nodes. Every node gets the messages of a room in the same order, those that it
 * published itself included, and each message once. Safe for use by any thread.
 */
public interface Backplane extends AutoCloseable {
    /** {@return the name of this node, which no other node of the backplane has} */
    String node();

    /**
     * Joins a room. Does not wait for other nodes.
     *
     * @param room the room's name
     * @param history how many messages of the past the receiver wants to be given
     * @param receiver gets what happens in the room until the channel is closed
     * @return the way into the room
     * @throws IllegalStateException if this node has joined the room already, or the backplane is closed
     */
    Channel open(String room, int history, Receiver receiver);

    /** {@return what it has done so far; by default, nothing is counted} */
    default BackplaneStatistics statistics() {
        return BackplaneStatistics.NONE;
    }

    /** Leaves all rooms. Does not throw. */
    @Override
    void close();

    /** One node's way into a room. Safe for use by any thread. */
    interface Channel extends AutoCloseable {
        /**
         * Publishes a message to the receivers of all nodes, this one's included. The messages of one thread keep their
         * order. Does not wait for other nodes.
         *
         * @param message without an id
         * @return false if the message will not be delivered: the channel is closed, or too many messages wait for a
         *     connection to the other nodes
         */
        boolean publish(RoomMessage message);

        /**
         * Tells the other nodes of a member of this node, or of its new value. They keep it until this node withdraws it
         * or dies.
         *
         * @param presence the member and its value
         */
        void announce(Presence presence);

        /**
         * Tells the other nodes that a member of this node has left.
         *
         * @param member the id of the member
         */
        void withdraw(String member);

        /** Leaves the room, and withdraws this node's members. Does not throw. */
        @Override
        void close();
    }

    /**
     * Gets what happens in a room, from one thread at a time. Every method returns soon: it only notes the event, and
     * {@link #deliver()} then does the work.
     */
    interface Receiver {
        /**
         * Notes the messages of the past. Called once, before the first message. Members that have joined wait for this
         * call, or for {@link #disconnected}.
         *
         * @param completeAfter no message after this one is missing; {@link MessageId#NONE} if all are there
         * @param oldestFirst with their ids
         */
        void history(MessageId completeAfter, List<RoomMessage> oldestFirst);

        /**
         * Notes a message.
         *
         * @param message the next message of the room; without an id if only this node delivers it here
         */
        void message(RoomMessage message);

        /**
         * Notes that the messages without an id have got their places on the other nodes. Until this call, the room
         * does not know where its history has gaps.
         *
         * @param id no message after this one was delivered here without an id
         */
        void placed(MessageId id);

        /**
         * Notes a member of another node, or its new value.
         *
         * @param presence the member and its value
         */
        void present(Presence presence);

        /**
         * Notes that a member of another node has left, or that its node has died.
         *
         * @param member the id of the member
         */
        void absent(String member);

        /**
         * Notes that messages of other nodes were lost on the way to this one.
         *
         * @param messages how many, at least
         */
        void lost(long messages);

        /**
         * Notes that the other nodes cannot be reached for now, which may last.
         *
         * @param why the reason, if it is known
         */
        void disconnected(Optional<Throwable> why);

        /** Notes that the other nodes can be reached again. */
        void connected();

        /**
         * Delivers what was noted. May take long in a large room, but does not wait for peers. If another thread is busy
         * with that and much waits already, this waits, unless the calling thread must not.
         */
        void deliver();
    }
}
