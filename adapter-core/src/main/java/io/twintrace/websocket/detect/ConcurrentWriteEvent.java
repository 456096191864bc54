package io.twintrace.websocket.detect;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;

/** The flight recorder's view of a conflict; its stack trace is the second writer's. */
@Name("twintrace.ConcurrentWrite")
@Label("Concurrent WebSocket Write")
@Category("Twintrace")
@Description("Two threads wrote to one WebSocket connection at once; both were failed")
final class ConcurrentWriteEvent extends Event {
    @Label("Connection")
    String connection;

    @Label("Kind")
    String kind;

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

    static void record(ConcurrentWriteReport report) {
        ConcurrentWriteEvent event = new ConcurrentWriteEvent();
        if (!event.shouldCommit()) {
            return;
        }
        event.connection = report.connection();
        event.kind = report.kind().name();
        event.firstThread = report.first().thread();
        event.firstOperation = report.first().operation();
        StringBuilder stack = new StringBuilder();
        report.first().stack().forEach(frame -> stack.append(frame).append('\n'));
        event.firstStack = stack.toString();
        event.secondThread = report.second().thread();
        event.secondOperation = report.second().operation();
        event.commit();
    }
}
