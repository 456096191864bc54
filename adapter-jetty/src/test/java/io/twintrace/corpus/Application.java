package io.twintrace.corpus;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** A small application in an embedded Jetty. */
interface Application {
    /** Adds the parts of the application to a context that is not started yet. */
    void deploy(ServletContextHandler context);

    /**
     * Uses it from outside, so that it writes so many messages in all. Returns when they have all arrived, or when a
     * connection was closed because of a conflict.
     */
    void use(Site site, int writes) throws Exception;

    /** Ends everything that it has started, such as schedulers and pools. */
    default void stop() throws Exception {}
}
