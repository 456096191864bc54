/** Embeds WebSockets in a Jetty of the environment EE10. */
package io.twintrace.websocket.jetty.ee10;
