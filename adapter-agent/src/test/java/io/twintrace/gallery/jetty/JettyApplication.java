package io.twintrace.gallery.jetty;

import io.twintrace.gallery.Application;
import org.eclipse.jetty.websocket.api.Session;

/** An application with Jetty's own sessions, which waits for each message to be sent. */
abstract class JettyApplication extends Application<Session> {
    static final String PRICE = "ACME 42.17";
    static final String NEWS = "ACME buys Ajax";

    /** The parts of a message. */
    static final int ROWS = 3;

    /** How long it takes to fetch a row from a database. */
    static final int FETCHING_NANOS = 20_000;

    @Override
    public void start(Session session) {
        repeat("prices", () -> pushPrices(session));
        repeat("news", () -> pushNews(session));
    }

    abstract void pushPrices(Session session);

    abstract void pushNews(Session session);
}
