package io.twintrace.websocket.internal.jmx;

import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.detect.ConcurrentWrites;
import java.util.function.Function;

final class ConcurrentWritesBean implements ConcurrentWritesMXBean {
    /** Read at once: the jar may be closed or replaced when somebody asks. */
    private final String version = LibraryVersion.read();

    @Override
    public String getLibraryVersion() {
        return version;
    }

    @Override
    public long getDetected() {
        return ConcurrentWrites.detected();
    }

    @Override
    public long getFailedLater() {
        return ConcurrentWrites.failedLater();
    }

    @Override
    public String[] getLastSummaries() {
        return last(ConcurrentWriteReport::summary);
    }

    @Override
    public String[] getLastReports() {
        return last(ConcurrentWriteReport::render);
    }

    private static String[] last(Function<ConcurrentWriteReport, String> text) {
        return ConcurrentWrites.lastReports().stream().map(text).toArray(String[]::new);
    }
}
