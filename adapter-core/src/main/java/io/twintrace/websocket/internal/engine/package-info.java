/**
 * The connection itself: the reader for a handler and the loop that calls a listener, deadlines, the handling of
 * conflicts, and the outbox.
 */
package io.twintrace.websocket.internal.engine;
