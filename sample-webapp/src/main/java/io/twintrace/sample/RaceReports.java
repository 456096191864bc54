package io.twintrace.sample;

import io.twintrace.websocket.detect.ConcurrentWriteReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The latest races, for the page to show. Bounded. */
final class RaceReports {
    private static final int MOST = 100;

    private static final Map<String, ConcurrentWriteReport> BY_RUN = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ConcurrentWriteReport> eldest) {
            return size() > MOST;
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
