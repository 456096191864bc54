/**
 * permessage-deflate (RFC 7692): compresses and decompresses one message at a time, without I/O. Uses
 * {@link java.util.zip}, and the public types for errors and handshake parameters.
 */
package io.twintrace.websocket.internal.deflate;
