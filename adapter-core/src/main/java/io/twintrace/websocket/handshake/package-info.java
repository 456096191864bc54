/**
 * The opening handshake of RFC 6455 section 4: the request is checked and answered, the origin judged and the
 * subprotocol chosen. No I/O: headers in, an answer out.
 */
package io.twintrace.websocket.handshake;
