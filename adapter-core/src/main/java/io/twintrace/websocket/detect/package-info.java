/**
 * The detector of concurrent writes. When two threads write to one connection at once, both fail, each with an
 * exception that has both stack traces. {@link io.twintrace.websocket.detect.WriteDetector} documents the protocol.
 */
package io.twintrace.websocket.detect;
