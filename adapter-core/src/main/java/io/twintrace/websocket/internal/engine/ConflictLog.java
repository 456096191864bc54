package io.twintrace.websocket;

import io.twintrace.websocket.detect.ConcurrentWriteListener;
import java.lang.System.Logger.Level;

/** Where conflicts are logged outside a servlet container. */
final class ConflictLog {
    private static final System.Logger LOGGER = System.getLogger("io.twintrace.websocket");

    private ConflictLog() {}

    static ConcurrentWriteListener system() {
        return report -> LOGGER.log(Level.ERROR, report.logMessage(), report.asThrowable());
    }
}
