/** Jetty 12.1 and 12.0 (EE10): takes the socket like Jetty's own WebSocket, and embeds WebSockets in one call. */
package io.twintrace.websocket.jetty;
