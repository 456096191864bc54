package io.twintrace.websocket.benchmarks.endtoend.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LongQueueTest {
    @Test
    void behavesAsADequeDoes() {
        SplittableRandom random = new SplittableRandom(1);
        ArrayDeque<Long> model = new ArrayDeque<>();
        LongQueue queue = new LongQueue();
        for (long i = 0; i < 10_000; i++) {
            if (model.isEmpty() || random.nextInt(5) < 3) {
                model.add(i);
                queue.add(i);
            } else {
                assertEquals(model.remove(), queue.remove());
            }
            assertEquals(model.size(), queue.size());
        }
    }

    @Test
    void nothingToRemove() {
        assertThrows(IllegalStateException.class, () -> new LongQueue().remove());
    }
}
