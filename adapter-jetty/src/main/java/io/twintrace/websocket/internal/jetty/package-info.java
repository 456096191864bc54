/**
 * Finds Jetty's classes, and loads {@link io.twintrace.websocket.internal.jetty.endpoint} so that it sees them. Names none
 * of them itself.
 */
package io.twintrace.websocket.internal.jetty;
