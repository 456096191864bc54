package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrace.websocket.internal.io.VirtualThreads;
import org.junit.jupiter.api.Test;

/** The names that reports give to threads. */
class ThreadNamesTest {
    private static String nameOf(Thread thread) {
        return new KnownThread(thread).toString();
    }

    @Test
    void threadIsCalledByItsNameAndNumber() {
        Thread thread = new Thread(() -> {}, "ticker");
        assertEquals("\"ticker\" (#" + thread.getId() + ")", nameOf(thread));
    }

    @Test
    void threadThatWasRenamedIsCalledByItsNewName() {
        Thread thread = new Thread(() -> {}, "worker");
        KnownThread known = new KnownThread(thread);
        thread.setName("worker of connection 7");
        assertEquals("\"worker of connection 7\" (#" + thread.getId() + ")", known.toString());
    }

    /** JDK 17 gets the number from getId, which a subclass may override. */
    @Test
    void twoThreadsThatGiveTheSameNumberAreTwo() {
        Thread one = new SameNumber();
        Thread other = new SameNumber();
        KnownThread known = new KnownThread(one);
        assertTrue(known.is(one));
        assertFalse(known.is(other));
    }

    private static final class SameNumber extends Thread {
        @Override
        public long getId() {
            return 1;
        }
    }

    @Test
    void threadIsTheSameByItsNumberWhateverItsNameIs() {
        assertTrue(KnownThread.isSame("\"worker\" (#31)", "\"worker of #7\" (#31)"));
        assertTrue(KnownThread.isSame("#31 (virtual)", "\"websocket\" (#31)"));
        assertTrue(KnownThread.isSame("unnamed (#31)", "\"two\nlines\" (#31)"));
        assertFalse(KnownThread.isSame("\"worker\" (#31)", "\"worker\" (#32)"));
        assertFalse(KnownThread.isSame("\"worker #31\" (#8)", "\"worker #31\" (#9)"));
        assertFalse(KnownThread.isSame("nobody", "\"worker\" (#31)"));
    }

    @Test
    void virtualThreadWithoutANameIsCalledByItsNumber() {
        assumeTrue(VirtualThreads.exist(), "JDK 21");
        Thread thread = VirtualThreads.unstarted(() -> {});
        assertTrue(VirtualThreads.isVirtual(thread));
        assertEquals("#" + thread.getId() + " (virtual)", nameOf(thread));
        thread.setName("websocket-7 (/chat)");
        assertEquals("\"websocket-7 (/chat)\" (#" + thread.getId() + ")", nameOf(thread));
    }
}
