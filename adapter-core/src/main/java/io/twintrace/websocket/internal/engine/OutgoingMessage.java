package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.PreparedMessage;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A message that waits in an {@link Outbox}. */
interface OutgoingMessage {
    /** Bytes of payload, before compression. */
    int length();

    void write(WriteHalf writing) throws IOException;

    /** A text, whose bytes are known to be UTF-8 and are nobody else's. */
    static OutgoingMessage text(byte[] utf8) {
        return new OutgoingMessage() {
            @Override
            public int length() {
                return utf8.length;
            }

            @Override
            public void write(WriteHalf writing) throws IOException {
                writing.writeUtf8(utf8);
            }
        };
    }

    /** Bytes that are nobody else's. */
    static OutgoingMessage binary(byte[] payload) {
        return new OutgoingMessage() {
            @Override
            public int length() {
                return payload.length;
            }

            @Override
            public void write(WriteHalf writing) throws IOException {
                writing.writeMessage(MessageType.BINARY, ByteBuffer.wrap(payload));
            }
        };
    }

    /** A message that others get as well. */
    static OutgoingMessage prepared(PreparedMessage message) {
        return new OutgoingMessage() {
            @Override
            public int length() {
                return message.length();
            }

            @Override
            public void write(WriteHalf writing) throws IOException {
                writing.writePrepared(message);
            }
        };
    }
}
