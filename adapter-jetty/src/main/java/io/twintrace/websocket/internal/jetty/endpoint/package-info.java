/**
 * Takes the socket like Jetty's own WebSocket. Uses Jetty's core only, which is the same in all environments. In a web
 * application that does not see Jetty's classes, the whole package is loaded by a class loader of its own. So other
 * packages use it only through {@link io.twintrace.websocket.servlet.SocketHandover} and transports.
 */
package io.twintrace.websocket.internal.jetty.endpoint;
