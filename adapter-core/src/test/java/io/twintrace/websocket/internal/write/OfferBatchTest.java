package io.twintrace.websocket.internal.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.fixture.Background;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
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

    @Test
    void aThreadGoesOnOnlyWhenAnotherHasRunWhatItHadPutOff() throws Exception {
        assertGoesOnAfterwards(WriteBatch::catchUp);
    }

    /** It would else know only of the new one, and overtake what was in the old one. */
    @Test
    void soItDoesBeforeItBeginsAnotherBatch() throws Exception {
        assertGoesOnAfterwards(() -> OfferBatch.end(OfferBatch.begin()));
    }

    private static void assertGoesOnAfterwards(Runnable next) throws Exception {
        boolean afterwards = false;
        for (int i = 0; i < 5 && !afterwards; i++) { // it does not wait for ever for a thread that is held up
            afterwards = goesOnAfterwards(next);
        }
        assertTrue(afterwards);
    }

    private static boolean goesOnAfterwards(Runnable next) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        return Background.start(() -> {
                    OfferBatch.end(OfferBatch.begin());
                    OfferBatch.flushBeforeReading(new Busy());
                    assertTrue(WriteBatch.putOff(() -> {
                        begun.countDown();
                        LockSupport.parkNanos(200_000_000);
                        over.set(true);
                    }));
                    await(begun);
                    next.run();
                    return over.get();
                })
                .result();
    }

    /** Such as one that needs a lock which the thread holds. */
    @Test
    void aThreadWaitsOnlyOnceForWhatItHadPutOffAndNotForEver() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch caughtUp = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Background<Boolean> thread = Background.start(() -> {
            OfferBatch.end(OfferBatch.begin());
            OfferBatch.flushBeforeReading(new Busy());
            assertTrue(WriteBatch.putOff(() -> {
                begun.countDown();
                await(caughtUp);
                over.countDown();
            }));
            await(begun);
            Thread.currentThread().interrupt();
            for (int i = 0; i < 100; i++) {
                boolean unused = WriteBatch.catchUp();
            }
            caughtUp.countDown();
            return Thread.interrupted();
        });
        assertTrue(thread.result(), "its interrupt is lost");
        await(over);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(Background.PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
