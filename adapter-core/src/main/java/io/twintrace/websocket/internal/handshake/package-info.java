/** Checks and answers the opening handshake (RFC 6455 section 4.2). Does no I/O. */
package io.twintrace.websocket.internal.handshake;
