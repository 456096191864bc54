package io.twintrace.websocket.detect;

import io.twintrace.websocket.thread.VirtualThreads;
import java.lang.ref.WeakReference;

/**
 * A thread by its number and name, which outlast it. Does not keep the thread reachable, nor what its task captured.
 * Immutable, safe for any thread.
 */
final class KnownThread extends WeakReference<Thread> {
    private final long id;
    private final String name;
    private final boolean namelessVirtual;

    KnownThread(Thread thread) {
        this(thread, thread.getId(), thread.getName(), isNamelessVirtual(thread));
    }

    private KnownThread(Thread thread, long id, String name, boolean namelessVirtual) {
        super(thread);
        this.id = id;
        this.name = name;
        this.namelessVirtual = namelessVirtual;
    }

    /** One that nobody has a reference to any more. */
    static KnownThread byName(long id, String name, boolean namelessVirtual) {
        return new KnownThread(null, id, name, namelessVirtual);
    }

    static boolean isNamelessVirtual(Thread thread) {
        return thread.getName().isEmpty() && VirtualThreads.isVirtual(thread);
    }

    boolean is(Thread thread) {
        return thread.getId() == id;
    }

    boolean hasEnded() {
        Thread thread = get();
        return thread == null || !thread.isAlive();
    }

    /** Where the thread is now; empty once it has ended. */
    StackTraceElement[] stack() {
        Thread thread = get();
        return thread == null ? StackTraces.NO_STACK : thread.getStackTrace();
    }

    /** As reports call it: by the name it has now, or had when it became known. */
    @Override
    public String toString() {
        Thread thread = get();
        String known = thread == null ? name : thread.getName();
        if (known.isEmpty()) {
            return namelessVirtual ? "#" + id + " (virtual)" : "unnamed (#" + id + ')';
        }
        return '"' + known + "\" (#" + id + ')';
    }
}
