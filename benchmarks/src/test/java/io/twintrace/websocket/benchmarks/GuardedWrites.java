package io.twintrace.websocket.benchmarks;

import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;

/** Three empty guarded write methods that differ only in their names in a stack. */
final class GuardedWrites {
    /** The write went well. */
    static final int FINE = 0;

    /** It failed, and the other thread's stack is inside another of the writes. */
    static final int FAILED = 1;

    /** It came after a conflict, or found one. */
    static final int LATER = 2;

    /** It failed without the other's stack. */
    static final int FAILED_BLINDLY = 3;

    private final WriteDetector detector = new WriteDetector(
            new ConnectionId(1, "/jcstress"), DetectorLevel.MESSAGES, ConnectionActivity.UNKNOWN, report -> {});

    boolean isPoisoned() {
        return detector.isPoisoned();
    }

    int writeOne() {
        try {
            guarded();
            return FINE;
        } catch (ConcurrentWriteException e) {
            return judge(e, "writeOne");
        }
    }

    int writeTwo() {
        try {
            guarded();
            return FINE;
        } catch (ConcurrentWriteException e) {
            return judge(e, "writeTwo");
        }
    }

    int writeThree() {
        try {
            guarded();
            return FINE;
        } catch (ConcurrentWriteException e) {
            return judge(e, "writeThree");
        }
    }

    private void guarded() {
        detector.enter(Operation.WRITE_MESSAGE);
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    private static int judge(ConcurrentWriteException e, String mine) {
        if (!(e.getCause() instanceof ConcurrentWriteException.WriterTrace)) {
            return LATER;
        }
        for (StackTraceElement frame : e.getCause().getStackTrace()) {
            String method = frame.getMethodName();
            if (frame.getClassName().equals(GuardedWrites.class.getName()) && method.startsWith("write")) {
                return method.equals(mine) ? FAILED_BLINDLY : FAILED;
            }
        }
        return FAILED_BLINDLY;
    }
}
