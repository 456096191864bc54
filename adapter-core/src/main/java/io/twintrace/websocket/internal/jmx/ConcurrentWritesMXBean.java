package io.twintrace.websocket.internal.jmx;

/**
 * Shows the write conflicts that one copy of the library has detected. A web application may bring its own copy of the
 * jar, or share one with others. Registered under
 * {@code io.twintrace.websocket:type=ConcurrentWrites,application="/chat"} while a servlet of the application runs.
 */
public interface ConcurrentWritesMXBean {
    /** Returns the version of this copy of the library; "unknown" if it is not in its own jar. */
    String getLibraryVersion();

    /** Returns the number of connections that had a conflict. */
    long getDetected();

    /** Returns the number of writes that failed only because of an earlier conflict on their connection. */
    long getFailedLater();

    /** Returns the summaries of the last reports, at most 16, the newest at the end: for lists and alerts. */
    String[] getLastSummaries();

    /** Returns the full texts of the last reports, with both stacks, at most 16, the newest at the end. */
    String[] getLastReports();
}
