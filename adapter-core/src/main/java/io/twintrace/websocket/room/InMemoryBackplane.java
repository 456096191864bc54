package io.twintrace.websocket.room;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The backplane of a single node, which has no others to reach. Hands each message to the room's only receiver at once.
 * What the rooms keep is gone when the JVM ends.
 */
public final class InMemoryBackplane implements Backplane {
    private final Set<String> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** The time in the ids of the room that was opened last. A room that is opened again does not repeat its ids. */
    private final AtomicLong lastTime = new AtomicLong();

    /** Creates a backplane without rooms. */
    public InMemoryBackplane() {}

    @Override
    public String node() {
        return "local";
    }

    @Override
    public Channel open(String room, int history, Receiver receiver) {
        if (closed) {
            throw new IllegalStateException("the backplane is closed");
        }
        if (!open.add(room)) {
            throw new IllegalStateException("room \"" + room + "\" is open already");
        }
        long now = lastTime.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
        receiver.history(new MessageId(now, 0), List.of());
        receiver.deliver();
        return new LocalChannel(room, now, receiver);
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class LocalChannel implements Channel {
        private final String room;
        private final long started;
        private final Receiver receiver;

        /** Held for moments only, so that messages are noted in the order of their ids. */
        private final ReentrantLock numbering = new ReentrantLock();

        private long published;
        private volatile boolean left;

        LocalChannel(String room, long started, Receiver receiver) {
            this.room = room;
            this.started = started;
            this.receiver = receiver;
        }

        @Override
        public boolean publish(RoomMessage message) {
            if (left || closed) {
                return false;
            }
            numbering.lock();
            try {
                receiver.message(message.at(new MessageId(started, ++published)));
            } finally {
                numbering.unlock();
            }
            receiver.deliver();
            return true;
        }

        @Override
        public void announce(Presence presence) {
            // There are no other nodes.
        }

        @Override
        public void withdraw(String member) {
            // There are no other nodes.
        }

        @Override
        public void close() {
            if (!left) {
                left = true;
                open.remove(room);
            }
        }
    }
}
