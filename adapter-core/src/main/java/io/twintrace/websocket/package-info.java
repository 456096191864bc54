/**
 * What an application holds: the connection, its messages, readers and writers, and the options.
 *
 * <p>{@link io.twintrace.websocket.WebSocketConnection} is where to begin.
 */
package io.twintrace.websocket;
