package io.twintrace.sample;

import io.twintrace.websocket.detect.ConcurrentWriteReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the reports of the latest races for the page. Bounded. */
final class RaceReports {
    private static final int MAX_REPORTS = 100;

    private static final Map<String, ConcurrentWriteReport> BY_RUN = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ConcurrentWriteReport> eldest) {
            return size() > MAX_REPORTS;
        }
    });

    private RaceReports() {}

    static void put(String run, ConcurrentWriteReport report) {
        BY_RUN.put(run, report);
    }

    static ConcurrentWriteReport get(String run) {
        return BY_RUN.get(run);
    }
}
