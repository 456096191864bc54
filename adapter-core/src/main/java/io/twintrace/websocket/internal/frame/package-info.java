/**
 * The wire format of RFC 6455: headers, masking, UTF-8, close payloads and the order of frames. Nothing here does I/O,
 * holds a thread or blocks: bytes in, values out.
 */
package io.twintrace.websocket.internal.frame;
