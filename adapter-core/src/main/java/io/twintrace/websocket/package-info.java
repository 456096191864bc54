/**
 * The API for applications: the connection, its messages, readers and writers, and the options.
 *
 * <p>Start with {@link io.twintrace.websocket.WebSocketConnection}.
 */
package io.twintrace.websocket;
