package io.twintrace.guarded;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Collects what the guards log. */
final class GuardLog extends Handler {
    private static final Logger LOGGER = Logger.getLogger("io.twintrace.websocket.guard");

    /** Runs on the thread that logs, after its entry is collected. */
    volatile Runnable duringLog = () -> {};

    private final List<LogRecord> logged = new CopyOnWriteArrayList<>();

    void begin() {
        LOGGER.addHandler(this);
        LOGGER.setUseParentHandlers(false);
    }

    void end() {
        LOGGER.removeHandler(this);
        LOGGER.setUseParentHandlers(true);
    }

    List<LogRecord> entries() {
        return logged;
    }

    /** Returns the message of the only entry. */
    String only() {
        assertEquals(1, logged.size(), logged::toString);
        return logged.get(0).getMessage();
    }

    @Override
    public void publish(LogRecord entry) {
        logged.add(entry);
        duringLog.run();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
