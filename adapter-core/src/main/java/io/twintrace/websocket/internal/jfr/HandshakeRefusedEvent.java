package io.twintrace.websocket.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** The flight recorder event of an opening handshake that was refused. */
@Name("twintrace.HandshakeRefused")
@Label("WebSocket Handshake Refused")
@Category("Twintrace")
@Description("An opening handshake was answered with an HTTP error")
@StackTrace(false)
final class HandshakeRefusedEvent extends Event {
    @Label("Application")
    String application;

    @Label("Servlet")
    String servlet;

    @Label("Status")
    int status;

    @Label("By the Application")
    boolean byApplication;

    @Label("Reason")
    String reason;

    static void record(String application, String servlet, int status, boolean byApplication, String reason) {
        HandshakeRefusedEvent event = new HandshakeRefusedEvent();
        if (event.shouldCommit()) {
            event.application = application;
            event.servlet = servlet;
            event.status = status;
            event.byApplication = byApplication;
            event.reason = reason;
            event.commit();
        }
    }
}
