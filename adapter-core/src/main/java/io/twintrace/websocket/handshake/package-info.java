/**
 * The opening handshake (RFC 6455 section 4): checks and answers the request, checks its origin, and chooses the
 * subprotocol. Does no I/O: it takes headers and returns an answer.
 */
package io.twintrace.websocket.handshake;
