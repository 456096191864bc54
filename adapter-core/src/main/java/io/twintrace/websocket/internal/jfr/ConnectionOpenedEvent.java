package io.twintrace.websocket.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The flight recorder event of a connection that has opened. */
@Name("twintrace.ConnectionOpened")
@Label("WebSocket Connection Opened")
@Category("Twintrace")
@Description("A WebSocket connection has opened")
@StackTrace(false)
final class ConnectionOpenedEvent extends Event {
    @Label("Application")
    String application;

    @Label("Servlet")
    String servlet;

    @Label("Connection Number")
    long connectionNumber;

    static void record(String application, String servlet, long connection) {
        ConnectionOpenedEvent event = new ConnectionOpenedEvent();
        if (event.shouldCommit()) {
            event.application = application;
            event.servlet = servlet;
            event.connectionNumber = connection;
            event.commit();
        }
    }
}
