/**
 * The transport over the streams of a container that keeps to the Servlet specification: what reads, what writes, and
 * what each container does differently.
 */
package io.twintrace.websocket.internal.stream;
