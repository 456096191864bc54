package io.twintrace.websocket.servlet;

import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.handshake.Handshake;
import io.twintrace.websocket.internal.io.LibraryClasses;
import jakarta.servlet.ServletContext;
import java.util.List;

/** What the upgrades of one upgrader share in its web application. Safe for use by any thread. */
final class Upgrades {
    private final WebSocketOptions options;
    private final Application application;
    private final SocketHandover handover;
    private final Connections connections;
    private final ConnectionFactory factory;
    private final Handshake answerer;
    private final RefusalLog refusals;

    /**
     * @param servlet the name of the servlet; null for an upgrader
     * @throws IllegalStateException if sockets cannot be taken over from this container
     */
    Upgrades(ServletContext context, WebSocketOptions options, String servlet) {
        this.options = options;
        this.handover = Handovers.forContainer(context);
        LibraryClasses.loadBeside(Upgrades.class);
        if (!(handover instanceof StandardHandover)) { // which is in the same jar as this class
            LibraryClasses.loadBeside(handover.getClass());
        }
        String owner = servlet == null ? "" : "servlet \"" + servlet + "\"";
        this.application = new Application(context, servlet == null ? WebSocketMetrics.UPGRADER : servlet);
        this.connections = new Connections(application, options, owner);
        this.factory = application.connections(options);
        this.answerer = new Handshake(options.originPolicy(), options.subprotocols(), options.deflate());
        this.refusals = new RefusalLog(owner, context::log, System::nanoTime);
        connections.onRelease(handover.servletStarts(context, connections::beginStop));
    }

    WebSocketOptions options() {
        return options;
    }

    Connections connections() {
        return connections;
    }

    SocketHandover handover() {
        return handover;
    }

    RefusalLog refusals() {
        return refusals;
    }

    Application application() {
        return application;
    }

    /** @param chosen the only subprotocol, or null for those of the options */
    Handshake answerer(WebSocketOptions which, String chosen) {
        return which == options && chosen == null
                ? answerer
                : new Handshake(
                        which.originPolicy(), chosen == null ? which.subprotocols() : List.of(chosen), which.deflate());
    }

    Service serving(WebSocketHandler handler, WebSocketOptions which) {
        return new HandlerService(application, which, factory(which), handler);
    }

    Service serving(WebSocketListener listener, WebSocketOptions which) {
        return new ListenerService(application, which, factory(which), listener);
    }

    private ConnectionFactory factory(WebSocketOptions which) {
        return which == options ? factory : application.connections(which);
    }
}
