/** Transports, buffer pools, timers and threads. Uses only the JDK. */
package io.twintrace.websocket.internal.io;
