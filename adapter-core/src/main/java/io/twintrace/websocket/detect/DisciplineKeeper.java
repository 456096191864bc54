package io.twintrace.websocket.detect;

import io.twintrace.websocket.detect.ConcurrentWriteReport.Writer;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The thread that kept the declared discipline last. Known by number and name, since a reference would keep a thread
 * that has ended. Owned by the thread in the detector's slot.
 */
final class DisciplineKeeper {
    private long id;
    private String name;
    private boolean namelessVirtual;
    private long since;
    private Operation operation;

    /** Whether no thread has written since the discipline was declared. */
    boolean isNobody() {
        return id == 0;
    }

    /** The thread begins a write that keeps the discipline. */
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
     * What a report says of it.
     *
     * @param lastFrame when the last frame of a message was begun, on the time line of {@link System#nanoTime()}
     * @param lastEntry where its latest write came in; empty if that is not known
     */
    Writer account(LongSupplier lastFrame, StackTraceElement[] lastEntry) {
        if (isNobody()) {
            return new Writer("nobody", "", Instant.now(), List.of());
        }
        long ago = System.nanoTime() - later(since, lastFrame.getAsLong());
        return new Writer(
                thread().toString(), operation.methodName(), Instant.now().minusNanos(ago), List.of(lastEntry));
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }
}
