/** For servers that embed Jetty, of any environment. */
package io.twintrace.websocket.jetty;
