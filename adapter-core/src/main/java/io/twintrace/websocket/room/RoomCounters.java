package io.twintrace.websocket.room;

import java.util.concurrent.atomic.LongAdder;

/** Counts what a room does, and adds that to a sum over rooms. Safe for use by any thread. */
final class RoomCounters {
    private final Sums own = new Sums();
    private final Sums all;

    /** The counts of one room, or of many. They never become smaller. */
    static final class Sums {
        final LongAdder messages = new LongAdder();
        final LongAdder delivered = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder rejected = new LongAdder();
        final LongAdder lost = new LongAdder();
    }

    /** @param all the sums over rooms */
    RoomCounters(Sums all) {
        this.all = all;
    }

    Sums own() {
        return own;
    }

    void messages(int more) {
        own.messages.add(more);
        all.messages.add(more);
    }

    void deliveries(int offered, int accepted) {
        own.delivered.add(accepted);
        all.delivered.add(accepted);
        if (accepted < offered) {
            own.refused.add(offered - accepted);
            all.refused.add(offered - accepted);
        }
    }

    /** Counts a message that was not taken. */
    void rejected() {
        own.rejected.increment();
        all.rejected.increment();
    }

    void lost(long more) {
        own.lost.add(more);
        all.lost.add(more);
    }
}
