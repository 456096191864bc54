/** The connection itself: reading, writing, the closing handshake, the outbox. */
package io.twintrace.websocket.internal.engine;
