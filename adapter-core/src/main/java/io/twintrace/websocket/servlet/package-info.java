/**
 * The upgrade servlet, which is the same class in every container. It answers the handshake, takes the socket, and runs
 * a handler or listener for each connection.
 */
package io.twintrace.websocket.servlet;
