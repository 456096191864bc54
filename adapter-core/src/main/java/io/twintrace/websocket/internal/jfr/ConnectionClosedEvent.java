package io.twintrace.websocket.internal.jfr;

import java.util.function.Supplier;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The flight recorder event of a connection that the application has finished with. */
@Name("twintrace.ConnectionClosed")
@Label("WebSocket Connection Closed")
@Category("Twintrace")
@Description("A WebSocket connection has closed, and the application has finished with it")
@StackTrace(false)
final class ConnectionClosedEvent extends Event {
    @Label("Application")
    String application;

    @Label("Servlet")
    String servlet;

    @Label("Connection Number")
    long connectionNumber;

    @Timespan(Timespan.NANOSECONDS)
    @Label("Age")
    long age;

    @Label("Received Close Code")
    int receivedCode;

    @Label("Sent Close Code")
    int sentCode;

    @Label("Messages Received")
    long messagesReceived;

    @Label("Messages Sent")
    long messagesSent;

    @DataAmount
    @Label("Bytes Received")
    long bytesReceived;

    @DataAmount
    @Label("Bytes Received on the Wire")
    long bytesReceivedOnWire;

    @DataAmount
    @Label("Bytes Sent")
    long bytesSent;

    @DataAmount
    @Label("Bytes Sent on the Wire")
    long bytesSentOnWire;

    static void record(String application, String servlet, Supplier<ClosedConnection> closed) {
        ConnectionClosedEvent event = new ConnectionClosedEvent();
        if (event.shouldCommit()) {
            event.application = application;
            event.servlet = servlet;
            event.fill(closed.get());
            event.commit();
        }
    }

    private void fill(ClosedConnection closed) {
        connectionNumber = closed.number();
        age = closed.ageNanos();
        receivedCode = closed.receivedCode();
        sentCode = closed.sentCode();
        messagesReceived = closed.counter().messagesReceived();
        messagesSent = closed.counter().messagesSent();
        bytesReceived = closed.counter().received();
        bytesReceivedOnWire = closed.counter().receivedOnWire();
        bytesSent = closed.counter().sent();
        bytesSentOnWire = closed.counter().sentOnWire();
    }
}
