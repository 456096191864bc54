package io.twintrace.websocket.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The flight recorder event of a peer that read too slowly. */
@Name("twintrace.SlowPeerClosed")
@Label("Slow WebSocket Peer Closed")
@Category("Twintrace")
@Description("This side has closed a connection because the peer did not read fast enough")
@StackTrace(false)
final class SlowPeerClosedEvent extends Event {
    @Label("Application")
    String application;

    @Label("Servlet")
    String servlet;

    @Label("Connection Number")
    long connectionNumber;

    @Label("Reason")
    String reason;

    static void record(String application, String servlet, long connection, String reason) {
        SlowPeerClosedEvent event = new SlowPeerClosedEvent();
        if (event.shouldCommit()) {
            event.application = application;
            event.servlet = servlet;
            event.connectionNumber = connection;
            event.reason = reason;
            event.commit();
        }
    }
}
