package io.twintrace.websocket.internal.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The flight recorder event of a Pong that answers a Ping of the library. */
@Name("twintrace.PingRoundTrip")
@Label("WebSocket Ping Round Trip")
@Category("Twintrace")
@Description("A peer has answered a Ping of keep-alive")
@StackTrace(false)
final class PingRoundTripEvent extends Event {
    @Label("Application")
    String application;

    @Label("Servlet")
    String servlet;

    @Label("Connection Number")
    long connectionNumber;

    @Timespan(Timespan.NANOSECONDS)
    @Label("Round Trip")
    long roundTrip;

    static void record(String application, String servlet, long connection, long nanos) {
        PingRoundTripEvent event = new PingRoundTripEvent();
        if (event.shouldCommit()) {
            event.application = application;
            event.servlet = servlet;
            event.connectionNumber = connection;
            event.roundTrip = nanos;
            event.commit();
        }
    }
}
