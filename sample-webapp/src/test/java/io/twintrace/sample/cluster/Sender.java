package io.twintrace.sample.cluster;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A member that sends. When its connection breaks, it cannot know whether its last messages have arrived. So it waits for
 * its own messages to come back, and keeps sending those that have not, in their order.
 */
final class Sender extends Member {
    /** How many messages may be on their way. */
    private static final int WINDOW = 32;

    /** For a node that stops, to write to Redis what it has taken from this connection. */
    private static final long LEAST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final int number;
    private final int messages;
    private final long paceNanos;
    private boolean ready;
    private boolean begun;
    private long begin;

    /** The last message that was sent on any connection. */
    private int begunMessages;

    /** The last message that was sent on this connection, or seen. */
    private int sent;

    Sender(EventLoop loop, Tally tally, List<InetSocketAddress> addresses, int number, Scale scale) {
        super(loop, tally, addresses, number, Kind.SENDER, scale.messages());
        this.number = number;
        this.messages = scale.messages();
        this.paceNanos = scale.pace().toNanos();
    }

    void begin() {
        begun = true;
        begin = System.nanoTime();
    }

    /** Sends what is due. Called again and again. */
    void tick() {
        while (ready && begun && sent < messages && sent - last(number) < WINDOW && isDue(sent + 1)) {
            sent++;
            begunMessages = Math.max(begunMessages, sent);
            send(number + " " + sent);
        }
    }

    private boolean isDue(int message) {
        return message <= begunMessages || System.nanoTime() - begin >= (message - 1) * paceNanos;
    }

    @Override
    public void ended(Ending ending) {
        ready = false;
        super.ended(ending);
    }

    @Override
    long leastPauseNanos() {
        return LEAST_PAUSE_NANOS;
    }

    /** Everything that came into the room has been seen. So what has not come back is not there. */
    @Override
    void synced() {
        if (!ready) {
            ready = true;
            sent = last(number);
            tick();
        }
    }

    @Override
    void received(int sender, int received) {
        super.received(sender, received);
        if (sender == number) {
            tick();
        }
    }
}
