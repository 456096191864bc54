/**
 * Encodes messages into frames and bytes. Also contains control frames, the closing handshake, and the bytes that the
 * peer has not taken yet. No method waits for the peer while it holds a lock.
 */
package io.twintrace.websocket.internal.write;
