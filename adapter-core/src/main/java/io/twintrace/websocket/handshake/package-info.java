/**
 * What an application sees of the opening handshake (RFC 6455 section 4): the request, the result, the origin policy,
 * and the options and parameters of compression. Does no I/O.
 */
package io.twintrace.websocket.handshake;
