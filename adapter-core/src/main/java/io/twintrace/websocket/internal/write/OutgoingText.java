package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.internal.frame.Utf8Validator;
import java.nio.ByteBuffer;

/**
 * Checks the text that the application wants to send. Text that is not UTF-8 is the application's mistake, so it causes
 * an IllegalArgumentException. Not safe for use by several threads.
 */
public final class OutgoingText {
    private final Utf8Validator utf8 = new Utf8Validator();

    /** Checks a whole message, and does not change the buffer. */
    public void check(ByteBuffer payload) {
        begin();
        accept(payload);
        end();
    }

    /** Begins a message that comes in pieces. */
    void begin() {
        utf8.reset();
    }

    /** Checks the next piece. A piece that is refused is not part of the message. */
    void accept(ByteBuffer piece) {
        try {
            utf8.accept(piece, piece.position(), piece.remaining());
        } catch (ProtocolException e) {
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

    private static IllegalArgumentException notText(ProtocolException e) {
        return new IllegalArgumentException("a text message must be UTF-8; send other bytes as BINARY", e);
    }
}
