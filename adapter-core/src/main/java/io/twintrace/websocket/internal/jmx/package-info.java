/** Shows connections, rooms and write conflicts through JMX. Uses {@code detect}, and the module java.management if the platform has it. */
package io.twintrace.websocket.internal.jmx;
