package io.twintrace.websocket.redis;

import java.util.concurrent.atomic.LongAdder;

/** Counts what happens, for the statistics. */
final class Counters {
    final LongAdder published = new LongAdder();
    final LongAdder rejected = new LongAdder();
    final LongAdder delivered = new LongAdder();
    final LongAdder unshared = new LongAdder();
    final LongAdder lost = new LongAdder();
    final LongAdder repeated = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder reconnects = new LongAdder();
}
