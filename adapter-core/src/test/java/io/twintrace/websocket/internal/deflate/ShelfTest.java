package io.twintrace.websocket.internal.deflate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests what a shelf does to its things, and when: native memory is given back at a certain point. */
class ShelfTest {
    private final List<Thing> made = new ArrayList<>();
    private final Shelf<Thing> shelf = new Shelf<>(Thing::new, 2);

    /** Records the calls that it receives. */
    private final class Thing implements Shelf.Native {
        private final List<String> done = new ArrayList<>();

        private Thing() {
            made.add(this);
        }

        @Override
        public void reset() {
            done.add("reset");
        }

        @Override
        public void end() {
            done.add("end");
        }
    }

    private List<Thing> acquire(int count) {
        List<Thing> things = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            things.add(shelf.acquire());
        }
        return things;
    }

    private void assertCounts(int lent, int resting) {
        assertEquals(lent, shelf.lent(), "lent");
        assertEquals(resting, shelf.resting(), "resting");
    }

    @Test
    void nothingIsMadeBeforeItIsNeeded() {
        assertEquals(List.of(), made);
        assertCounts(0, 0);
    }

    @Test
    void whatIsReleasedIsResetOnceAndUsedAgain() {
        Thing thing = shelf.acquire();
        assertEquals(List.of(), thing.done);
        assertCounts(1, 0);
        shelf.release(thing);
        assertEquals(List.of("reset"), thing.done);
        assertCounts(0, 1);
        assertSame(thing, shelf.acquire());
        assertEquals(List.of("reset"), thing.done);
        assertCounts(1, 0);
    }

    @Test
    void theSameIsNeverLentTwice() {
        List<Thing> things = acquire(2);
        assertNotSame(things.get(0), things.get(1));
        assertCounts(2, 0);
    }

    @Test
    void beyondTheMostThatMayRestTheSurplusIsEndedAtOnce() {
        List<Thing> things = acquire(4);
        assertCounts(4, 0);
        things.forEach(shelf::release);
        for (Thing kept : things.subList(0, 2)) {
            assertEquals(List.of("reset"), kept.done);
        }
        for (Thing surplus : things.subList(2, 4)) {
            assertEquals("end", surplus.done.get(surplus.done.size() - 1));
            assertEquals(1, surplus.done.stream().filter("end"::equals).count());
        }
        assertCounts(0, 2);
    }

    @Test
    void endRestingEndsAllThatRestAndNothingThatIsLent() {
        List<Thing> things = acquire(3);
        shelf.release(things.get(0));
        shelf.release(things.get(1));
        shelf.endResting();
        assertEquals(List.of("reset", "end"), things.get(0).done);
        assertEquals(List.of("reset", "end"), things.get(1).done);
        assertEquals(List.of(), things.get(2).done);
        assertCounts(1, 0);
    }

    @Test
    void whatWasEndedIsNeverLentAgain() {
        Thing ended = shelf.acquire();
        shelf.release(ended);
        shelf.endResting();
        assertNotSame(ended, shelf.acquire());
        assertEquals(2, made.size());
        assertCounts(1, 0);
    }

    @Test
    void endingASecondTimeEndsNothingTwice() {
        Thing thing = shelf.acquire();
        shelf.release(thing);
        shelf.endResting();
        shelf.endResting();
        assertEquals(List.of("reset", "end"), thing.done);
        assertCounts(0, 0);
    }

    /** An ended deflater of the JDK has no native memory any more, so asking it throws. */
    @Test
    void whatReallyStandsOnShelvesGivesItsNativeMemoryBack() {
        PooledInflater inflater = new PooledInflater();
        PooledDeflater deflater = new PooledDeflater();
        assertEquals(0, inflater.zlib.getBytesRead() + deflater.zlib.getBytesRead());
        inflater.end();
        deflater.end();
        assertThrows(RuntimeException.class, inflater.zlib::getBytesRead);
        assertThrows(RuntimeException.class, deflater.zlib::getBytesRead);
    }
}
