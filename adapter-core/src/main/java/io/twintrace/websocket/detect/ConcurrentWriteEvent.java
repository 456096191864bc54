package io.twintrace.websocket.detect;

import java.util.List;
import java.util.stream.Collectors;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/**
 * The flight recorder event of a conflict. Its own stack trace is that of the detecting thread, the second writer.
 */
@Name("twintrace.ConcurrentWrite")
@Label("Concurrent WebSocket Write")
@Category("Twintrace")
@Description("Two threads wrote to one WebSocket connection, at once or against the declared discipline")
final class ConcurrentWriteEvent extends Event {
    @Label("Connection")
    String connection;

    @Label("Connection Number")
    long connectionNumber;

    @Label("Path")
    String path;

    @Label("Kind")
    String kind;

    @Label("Detector Level")
    String level;

    @Label("Write Discipline")
    String discipline;

    @Label("First Thread")
    String firstThread;

    @Label("First Operation")
    String firstOperation;

    @Label("First Stack")
    String firstStack;

    @Label("Second Thread")
    String secondThread;

    @Label("Second Operation")
    String secondOperation;

    @Label("Second Stack")
    String secondStack;

    static void record(ConcurrentWriteReport report) {
        ConcurrentWriteEvent event = new ConcurrentWriteEvent();
        if (!event.shouldCommit()) {
            return;
        }
        event.connection = report.connection().toString();
        event.connectionNumber = report.connection().number();
        event.path = report.connection().path();
        event.kind = report.kind().name();
        event.level = report.level().name();
        event.discipline = report.discipline();
        event.firstThread = report.first().thread();
        event.firstOperation = report.first().operation();
        event.firstStack = text(report.first().stack());
        event.secondThread = report.second().thread();
        event.secondOperation = report.second().operation();
        event.secondStack = text(report.second().stack());
        event.commit();
    }

    private static String text(List<StackTraceElement> stack) {
        return stack.stream().map(StackTraceElement::toString).collect(Collectors.joining("\n"));
    }
}
