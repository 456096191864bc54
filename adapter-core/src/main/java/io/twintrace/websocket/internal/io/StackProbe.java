package io.twintrace.websocket.internal.io;

/**
 * Fails with a StackOverflowError where the calling thread has little stack left, before anything is changed. For what
 * must not stop half way, as in a queue of the JDK that is damaged for good when a thread's stack overflows in it. For
 * this library's own use: public only since its packages share it.
 */
public final class StackProbe {
    /** 10 KB and more, compiled or not. To schedule a task and start a thread takes less than half of that. */
    private static final int FRAMES = 200;

    /** 2 KB and more. Costs some 80 ns. */
    private static final int FEW_FRAMES = 40;

    private StackProbe() {}

    /**
     * Any thread.
     *
     * @throws StackOverflowError where less than about 10 KB are left
     */
    public static void probe() {
        probe(FRAMES);
    }

    /**
     * For a call that reads from a socket, or writes to it. Were the stack to end inside, the channel would keep its
     * lock for good, and whichever thread closes it would wait for that: in Jetty, the one that selects.
     *
     * @throws StackOverflowError where less than about 2 KB are left
     */
    public static void probeForChannel() {
        probe(FEW_FRAMES);
    }

    private static void probe(int frames) {
        if (fall(frames, 1, 2, 3, 4, 5) == 0) {
            throw new AssertionError("a sum of positive numbers");
        }
    }

    /** The numbers are needed after the call, so that they lie on the stack meanwhile. */
    private static long fall(int frames, long a, long b, long c, long d, long e) {
        return frames == 0 ? 1 : (fall(frames - 1, a, b, c, d, e) ^ a ^ b ^ c ^ d ^ e) | 1;
    }
}
