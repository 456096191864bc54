/**
 * The upgrade servlet: the same class in every container. It does the handshake, has the socket handed over, and runs a
 * handler for each connection.
 */
package io.twintrace.websocket.servlet;
