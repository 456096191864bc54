package io.twintrace.websocket.detect;

import io.twintrace.websocket.internal.io.VirtualThreads;
import java.lang.ref.WeakReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A thread by its number and name, which outlast it. Does not keep the thread reachable, nor what its task captured.
 * Immutable, safe for any thread.
 */
final class KnownThread extends WeakReference<Thread> {
    /** A thread's own name may contain such a number too, but further in front. */
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

    /** One that nobody has a reference to any more. */
    static KnownThread byName(long id, String name, boolean namelessVirtual) {
        return new KnownThread(null, id, name, namelessVirtual);
    }

    static boolean isNamelessVirtual(Thread thread) {
        return thread.getName().isEmpty() && VirtualThreads.isVirtual(thread);
    }

    /** By reference where there is one, since a subclass of Thread may override getId. */
    boolean is(Thread thread) {
        return refersTo(thread) || (refersTo(null) && thread.getId() == id);
    }

    /** Whether two names, as {@link #toString} gives them, are of one thread, which may have been renamed between. */
    static boolean isSame(String one, String other) {
        return numberIn(one).equals(numberIn(other));
    }

    /** What follows the last #; the whole of a name without a number. */
    private static String numberIn(String words) {
        Matcher number = NUMBER.matcher(words);
        return number.find() ? number.group(1) : words;
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
