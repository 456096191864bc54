/**
 * The transport over the streams of any servlet container: a reader, a writer, and the differences between containers.
 * Uses {@code io} and the Servlet API.
 */
package io.twintrace.websocket.internal.stream;
