package io.twintrace.sample.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A client that checks each message at once, and comes back whenever its connection ends, with the id of the last message
 * that it has seen. Used by the thread of its loop.
 */
class Member implements Connection.Events {
    /** Failures tell them apart. */
    enum Kind {
        MEMBER,
        SENDER
    }

    private final EventLoop loop;
    private final Tally tally;
    private final Route route;
    private final String name;
    private final String path;
    private final int expected;
    private final ReceivedOrder order;

    private Connection connection;
    private boolean complete;
    private long awaySince;
    private boolean away;

    /** The id of the last message, in its two parts; zero before the first. */
    private long lastTime;

    private long lastSequence;

    /**
     * Creates a member, which does nothing yet.
     *
     * @param expected how many messages each sender will have sent
     */
    Member(EventLoop loop, Tally tally, List<InetSocketAddress> addresses, int number, Kind kind, int expected) {
        this.loop = loop;
        this.tally = tally;
        this.route = new Route(addresses, number);
        this.name = (kind == Kind.SENDER ? "sending member " : "member ") + number;
        this.path = (number / addresses.size()) % 2 == 0 ? ClusterNode.HANDLERS : ClusterNode.LISTENER;
        this.expected = expected;
        this.order = new ReceivedOrder(name, Scale.SENDERS);
    }

    final void connect() {
        String query = lastTime == 0 ? "" : "?" + lastTime + "-" + lastSequence;
        try {
            connection = Connection.open(loop, route.address(), path + query, this);
        } catch (IOException e) {
            tally.failed(name + ": " + e); // such as too many open files
        }
    }

    /** Asks for an answer behind everything that is in the room by now. */
    final void sync() {
        send(NewsRoom.SYNC);
    }

    final void send(String text) {
        connection.send(text);
    }

    /** {@return the number of the last message of a sender} */
    final int last(int sender) {
        return order.last(sender);
    }

    @Override
    public final void opened() {
        route.succeeded();
        sync();
    }

    @Override
    public void ended(Ending ending) {
        tally.ended(ending);
        if (!away) {
            away = true;
            awaySince = System.nanoTime();
        }
        loop.after(leastPauseNanos() + route.failed(ending), this::connect);
    }

    @Override
    public final void text(ByteBuffer payload) {
        if (payload.get(payload.position()) == NewsRoom.GAP.charAt(0)) {
            tally.failed(name + " was told of a gap after " + lastTime + "-" + lastSequence);
            return;
        }
        id(number(payload), number(payload));
        if (payload.get(payload.position()) == NewsRoom.SYNC.charAt(0)) {
            answered();
        } else {
            received((int) number(payload), (int) number(payload));
        }
    }

    /** Reads digits, and the character behind them, if any. */
    private static long number(ByteBuffer text) {
        long number = 0;
        while (text.hasRemaining()) {
            int digit = text.get() - '0';
            if (digit < 0 || digit > 9) {
                return number;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    private void id(long time, long sequence) {
        if (time < lastTime || (time == lastTime && sequence <= lastSequence)) {
            tally.failed(name + ": id " + time + "-" + sequence + " after " + lastTime + "-" + lastSequence);
        }
        lastTime = time;
        lastSequence = sequence;
    }

    private void answered() {
        tally.synced.incrementAndGet();
        if (away) {
            away = false;
            tally.returns.incrementAndGet();
            tally.longestAwayNanos.accumulateAndGet(System.nanoTime() - awaySince, Math::max);
        }
        synced();
    }

    /** How long to be away at least. */
    long leastPauseNanos() {
        return 0;
    }

    /** The answer is there. */
    void synced() {}

    /** Checks a message. */
    void received(int sender, int number) {
        tally.deliveries.lazySet(tally.deliveries.get() + 1);
        order.receive(sender, number).ifPresent(tally::failed);
        if (number == expected && !complete && order.isComplete(expected)) {
            complete = true;
            tally.complete.incrementAndGet();
        }
    }
}
