package io.twintrace.websocket;

import io.twintrace.websocket.frame.ProtocolException;
import io.twintrace.websocket.frame.Utf8Validator;
import java.nio.ByteBuffer;

/**
 * Checks the text that the application wants to send. What is not UTF-8 is the application's mistake, so it is an
 * IllegalArgumentException. Not safe for use by several threads.
 */
final class OutgoingText {
    private final Utf8Validator utf8 = new Utf8Validator();

    /** Checks a message that is whole; the buffer stays as it is. */
    void check(ByteBuffer payload) {
        begin();
        accept(payload);
        end();
    }

    /** Begins a message that comes in pieces. */
    void begin() {
        utf8.reset();
    }

    /** Checks the next piece; one that is refused is not part of the message. */
    void accept(ByteBuffer piece) {
        long before = utf8.state();
        try {
            if (piece.hasArray()) {
                utf8.accept(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
            } else {
                acceptCopied(piece);
            }
        } catch (ProtocolException e) {
            utf8.restore(before);
            throw notText(e);
        }
    }

    /** Ends the message, which must not be inside a character. */
    void end() {
        try {
            utf8.finish();
        } catch (ProtocolException e) {
            throw notText(e);
        }
    }

    private void acceptCopied(ByteBuffer piece) throws ProtocolException {
        byte[] copy = new byte[Math.min(piece.remaining(), 4096)];
        for (int at = piece.position(); at < piece.limit(); at += copy.length) {
            int n = Math.min(copy.length, piece.limit() - at);
            piece.get(at, copy, 0, n);
            utf8.accept(copy, 0, n);
        }
    }

    private static IllegalArgumentException notText(ProtocolException e) {
        return new IllegalArgumentException("a text message must be UTF-8; send other bytes as BINARY", e);
    }
}
