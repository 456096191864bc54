/** Gives the metrics of connections and rooms to Micrometer. */
package io.twintrace.websocket.micrometer;
