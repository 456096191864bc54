/** Jetty 12.1 and 12.0 (EE10): taking the socket the way Jetty's own WebSocket does, and embedding in one call. */
package io.twintrace.websocket.jetty;
