package io.twintrace.websocket.internal.jmx;

/**
 * The conflicts of one copy of the library: of one web application that brings the jar along, or of all that share it.
 * Registered under {@code io.twintrace.websocket:type=ConcurrentWrites,application="/chat"} while one of its servlets
 * runs.
 */
public interface ConcurrentWritesMXBean {
    /** How many connections had a conflict. */
    long getDetected();

    /** How many writes failed only because there had been a conflict on their connection before. */
    long getFailedLater();

    /** The summaries of the last reports, at most 16, the newest at the end: for lists and alerts. */
    String[] getLastSummaries();

    /** The last reports whole, with both stacks, at most 16, the newest at the end. */
    String[] getLastReports();
}
