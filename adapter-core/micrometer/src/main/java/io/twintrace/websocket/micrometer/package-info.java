/** Gives the metrics of connections to Micrometer. */
package io.twintrace.websocket.micrometer;
