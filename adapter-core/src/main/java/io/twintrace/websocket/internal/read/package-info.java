/**
 * Decodes bytes into frames and frames into messages. No method waits: if bytes are missing, a call says so, and the
 * caller repeats it later.
 */
package io.twintrace.websocket.internal.read;
