package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.time.Instant;
import java.util.List;

/**
 * The last thread that kept the declared discipline. Stores its number and name, because a reference would keep an
 * ended thread in memory. Owned by the thread in the detector's slot.
 */
final class DisciplineKeeper {
    private long id;
    private String name;
    private boolean namelessVirtual;
    private long since;
    private Operation operation;

    /** Tells whether no thread has written since the discipline was declared. */
    boolean isNobody() {
        return id == 0;
    }

    /** Called when the thread begins a write that keeps the discipline. */
    void writes(Thread thread, Operation began) {
        if (id != thread.getId()) {
            id = thread.getId();
            name = thread.getName();
            namelessVirtual = KnownThread.isNamelessVirtual(thread);
            since = System.nanoTime();
        }
        operation = began;
    }

    KnownThread thread() {
        return KnownThread.byName(id, name, namelessVirtual);
    }

    /**
     * Describes the thread for a report.
     *
     * @param activity knows when the latest message frame began
     * @param lastEntry the stack of its latest write call; empty if unknown
     */
    Writer account(ConnectionActivity activity, StackTraceElement[] lastEntry) {
        if (isNobody()) {
            return new Writer("nobody", "", Instant.now(), List.of());
        }
        long ago = System.nanoTime() - later(since, activity.lastMessageFrame());
        return new Writer(
                thread().toString(), operation.methodName(), Instant.now().minusNanos(ago), List.of(lastEntry));
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }
}
