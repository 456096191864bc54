package io.twintrace.websocket.detect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrace.websocket.thread.VirtualThreads;
import org.junit.jupiter.api.Test;

/** How reports call threads. */
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
