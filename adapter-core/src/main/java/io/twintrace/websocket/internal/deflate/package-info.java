/**
 * permessage-deflate (RFC 7692), without I/O: the answer to an offer, and one message at a time through DEFLATE and
 * back. Uses {@code frame} for its errors, and {@link java.util.zip} for the compression itself.
 */
package io.twintrace.websocket.internal.deflate;
