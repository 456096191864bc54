package io.twintrace.websocket.internal.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OfferBatchTest {
    /** Has always more to read. */
    private static class Busy implements OfferBatch.Reader {
        @Override
        public boolean isBackSoon() {
            return true;
        }

        @Override
        public long patienceNanos() {
            return 1;
        }

        @Override
        public void wasNotBackSoon() {
            // Nothing to do.
        }
    }

    /** Such as a broadcast, which a Close of the same thread must not overtake. */
    @Test
    void whatAThreadHasPutOffRunsBeforeWhatItDoesNextThoughAnotherThreadIsAboutToRunIt() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        CountDownLatch caughtUp = new CountDownLatch(1);
        OfferBatch.Reader reader = new Busy() {
            @Override
            public void wasNotBackSoon() { // the other thread starts after this
                late.countDown();
                await(caughtUp);
            }
        };
        List<String> order = new ArrayList<>();
        Background<Void> thread = Background.run(() -> {
            OfferBatch.end(OfferBatch.begin());
            OfferBatch.flushBeforeReading(reader);
            assertTrue(WriteBatch.putOff(() -> order.add("put off")));
            await(late);
            boolean unused = WriteBatch.catchUp();
            order.add("next");
        });
        try {
            thread.result();
        } finally {
            caughtUp.countDown();
        }
        assertEquals(List.of("put off", "next"), order);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
