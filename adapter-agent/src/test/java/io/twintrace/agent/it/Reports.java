package io.twintrace.agent.it;

import java.util.List;
import java.util.Set;

/** The lines of a log that report a concurrent write. */
final class Reports {
    private static final String REPORT = "Concurrent write to WebSocket connection ";

    private Reports() {}

    static List<String> of(ContainerProcess process) {
        return process.lines().stream().filter(Reports::isReport).toList();
    }

    static boolean isReport(String line) {
        return line.contains(REPORT);
    }

    /** Returns whether it is the report of a connection, which are counted from 1. */
    static boolean isReport(String line, int connection) {
        return line.contains(REPORT + connection + " ");
    }

    /** Returns whether it is a report that names these methods. */
    static boolean names(String line, Set<String> methods) {
        return isReport(line) && methods.stream().allMatch(each -> line.contains(each + "("));
    }

    /** Returns whether it is a report that names these methods, and the path of the session. */
    static boolean names(String line, String path, Set<String> methods) {
        return names(line, methods) && line.contains(" (" + path + "): ");
    }
}
