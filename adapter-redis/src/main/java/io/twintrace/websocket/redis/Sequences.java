package io.twintrace.websocket.redis;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Finds repeated and missing messages of a room. A message comes back that was delivered without Redis, or in a stream
 * whose end Redis has lost, which is read again. The first appearance of a number always follows the number before it.
 * Guarded by the room's lock.
 */
final class Sequences {
    /** The most writers of a room that are remembered: those that have written last. */
    private static final int MAX_WRITERS = 1024;

    private final Map<String, Highest> writers = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Highest> eldest) {
            return size() > MAX_WRITERS;
        }
    };

    private long checkpoint;

    /**
     * Goes on to a number. Returns how far: 0 for a repeated message, 1 for the next, more if others are missing.
     *
     * @param dropped how many messages before it the writer says it has dropped; counts where no earlier number does
     */
    long advance(String writer, long sequence, long dropped) {
        Highest highest = writers.get(writer);
        if (highest == null) {
            writers.put(writer, new Highest(sequence, checkpoint));
            return 1 + dropped;
        }
        long step = sequence - highest.sequence;
        if (step <= 0) {
            return 0;
        }
        boolean known = highest.checkpoint == checkpoint;
        highest.sequence = sequence;
        highest.checkpoint = checkpoint;
        return known ? step : 1 + dropped;
    }

    /** What is missing up to here is known, and not counted again. */
    void forgive() {
        checkpoint++;
    }

    private static final class Highest {
        private long sequence;
        private long checkpoint;

        Highest(long sequence, long checkpoint) {
            this.sequence = sequence;
            this.checkpoint = checkpoint;
        }
    }
}
