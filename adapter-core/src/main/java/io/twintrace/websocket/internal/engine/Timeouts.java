package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.io.Deadlines;

/**
 * Holds the times of the options that a connection measures all the time, in nanoseconds. All connections with the same
 * options share one.
 *
 * @param idle the idle timeout; 0 for none
 * @param ping the time between two Pings of keep-alive; 0 for no Pings
 * @param pong how long a Ping may stay unanswered; 0 for any time
 */
record Timeouts(long idle, long ping, long pong) {
    static Timeouts of(WebSocketOptions options) {
        return new Timeouts(
                Deadlines.nanos(options.idleTimeout()),
                Deadlines.nanos(options.pingInterval()),
                Deadlines.nanos(options.pongTimeout()));
    }
}
