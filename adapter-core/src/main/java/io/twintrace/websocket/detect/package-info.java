/**
 * The detector: two threads that write to one connection at once are both failed, each with an exception that holds
 * both stack traces. {@link io.twintrace.websocket.detect.WriteDetector} states the protocol between the two threads.
 */
package io.twintrace.websocket.detect;
