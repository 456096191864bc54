package io.twintrace.websocket.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.redis.RoomOutput.Published;
import io.twintrace.websocket.room.RoomMessage;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The counts of waiting messages, whatever becomes of them first. */
class OutgoingQueueTest {
    private final Counters counters = new Counters();
    private final OutgoingQueue waiting =
            new OutgoingQueue(RedisOptions.defaults().withMaxWaiting(2), counters);

    private final RoomOutput one = new RoomOutput("p:room:one", "node:1");
    private final RoomOutput other = new RoomOutput("p:room:other", "node:2");

    private Optional<Published> add(RoomOutput output, boolean local) {
        PreparedMessage content = PreparedMessage.text("four");
        return waiting.add(
                output,
                new RoomMessage(Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty(), content),
                local);
    }

    @Test
    void aMessageWaitsUntilItIsWrittenAndDelivered() {
        Published first = add(one, false).orElseThrow();
        Published second = add(other, false).orElseThrow();
        assertTrue(add(one, false).isEmpty());

        waiting.written(first);
        assertEquals(2, waiting.count());
        waiting.returned(one, first.sequence);
        assertEquals(1, waiting.count());
        waiting.returned(other, second.sequence);
        assertEquals(0, waiting.count());
        assertEquals(0, waiting.bytes());
        assertTrue(waiting.allWritten());
    }

    @Test
    void aMessageThatHasComeBackIsNotDroppedForOthers() {
        assertTrue(add(one, false).isPresent());
        waiting.returned(other, add(other, false).orElseThrow().sequence);
        one.deliverLocally(Long.MAX_VALUE);
        assertTrue(waiting.nextLocal(one).isPresent());

        for (int i = 0; i < 3; i++) {
            assertTrue(add(one, true).isPresent());
            assertTrue(waiting.nextLocal(one).isPresent());
        }
        assertEquals(2, counters.unshared.sum());
        assertEquals(2, waiting.count());
    }
}
