package io.twintrace.websocket.detect;

import io.twintrace.websocket.internal.io.VirtualThreads;
import java.lang.ref.WeakReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Identifies a thread by its number and name, which outlast it. Keeps neither the thread nor its task reachable.
 * Immutable, safe for use by any thread.
 */
final class KnownThread extends WeakReference<Thread> {
    /** The last number counts, because the thread's own name may contain one too. */
    private static final Pattern NUMBER = Pattern.compile(".*#([0-9]+)", Pattern.DOTALL);

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

    /** Creates one for a thread without a reference. */
    static KnownThread byName(long id, String name, boolean namelessVirtual) {
        return new KnownThread(null, id, name, namelessVirtual);
    }

    static boolean isNamelessVirtual(Thread thread) {
        return thread.getName().isEmpty() && VirtualThreads.isVirtual(thread);
    }

    /** Compares by reference if there is one, because a subclass of Thread may override getId. */
    boolean is(Thread thread) {
        return refersTo(thread) || (refersTo(null) && thread.getId() == id);
    }

    /** Tells whether two names from {@link #toString} mean the same thread, which may have been renamed in between. */
    static boolean isSame(String one, String other) {
        return numberIn(one).equals(numberIn(other));
    }

    /** Returns the digits after the last #, or the whole name if it has no number. */
    private static String numberIn(String words) {
        Matcher number = NUMBER.matcher(words);
        return number.find() ? number.group(1) : words;
    }

    boolean hasEnded() {
        Thread thread = get();
        return thread == null || !thread.isAlive();
    }

    /** Returns the current stack of the thread; empty once it has ended. */
    StackTraceElement[] stack() {
        Thread thread = get();
        return thread == null ? StackTraces.NO_STACK : thread.getStackTrace();
    }

    /** The name for reports: the thread's current name if it is reachable, else its name when it became known. */
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
