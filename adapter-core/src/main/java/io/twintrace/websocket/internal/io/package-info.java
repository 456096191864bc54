/** Blocking byte pipes with deadlines, the buffers they fill, and the plain-socket pipe. */
package io.twintrace.websocket.internal.io;
