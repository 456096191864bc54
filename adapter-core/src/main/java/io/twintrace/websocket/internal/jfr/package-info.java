/** The events of connections for the flight recorder. Works without the module jdk.jfr, and then records nothing. */
package io.twintrace.websocket.internal.jfr;
