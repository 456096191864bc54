/** Embeds WebSockets in a Jetty of the environment EE11. */
package io.twintrace.websocket.jetty.ee11;
