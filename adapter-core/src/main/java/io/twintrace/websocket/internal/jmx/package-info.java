/** What operations see of conflicts through JMX. Uses {@code detect}, and the module java.management if it is there. */
package io.twintrace.websocket.internal.jmx;
