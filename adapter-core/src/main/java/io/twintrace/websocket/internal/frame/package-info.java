/**
 * The wire format of RFC 6455: headers, masking, UTF-8, close payloads and the order of frames. Nothing here does I/O,
 * holds a thread or blocks. Uses only the public types of the root package.
 */
package io.twintrace.websocket.internal.frame;
