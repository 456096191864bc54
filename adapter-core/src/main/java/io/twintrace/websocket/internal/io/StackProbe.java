package io.twintrace.websocket.internal.io;

/**
 * Throws a StackOverflowError if the calling thread has little stack left. Call it before an operation that must not
 * stop half way, while nothing has changed. For example, a stack overflow inside a queue of the JDK damages that queue
 * for good. Public only because the packages of this library share it.
 */
public final class StackProbe {
    /** At least 10 KB, compiled or not. Scheduling a task and starting a thread takes less than half of that. */
    private static final int FRAMES = 200;

    /** At least 2 KB. Takes about 80 ns. */
    private static final int FEW_FRAMES = 40;

    private StackProbe() {}

    /**
     * Checks for about 10 KB. Any thread may call this.
     *
     * @throws StackOverflowError if less than about 10 KB are left
     */
    public static void probe() {
        probe(FRAMES);
    }

    /**
     * Checks for about 2 KB, before a call that reads from a socket or writes to it. A stack overflow in that call
     * would leave the channel locked for good, and a thread that closes it, in Jetty the selector's, would wait for
     * ever.
     *
     * @throws StackOverflowError if less than about 2 KB are left
     */
    public static void probeForChannel() {
        probe(FEW_FRAMES);
    }

    private static void probe(int frames) {
        if (recurse(frames, 1, 2, 3, 4, 5) == 0) {
            throw new AssertionError("the result is never zero");
        }
    }

    /** Uses its arguments after the recursive call, so that they stay on the stack during it. */
    private static long recurse(int frames, long a, long b, long c, long d, long e) {
        return frames == 0 ? 1 : (recurse(frames - 1, a, b, c, d, e) ^ a ^ b ^ c ^ d ^ e) | 1;
    }
}
