package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.Outbox;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.internal.write.EncodedMessage;
import io.twintrace.websocket.internal.write.GuardedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A message that waits in an {@link Outbox}. */
interface OfferedMessage {
    /** Returns the number of bytes of payload, before compression. */
    int length();

    void write(GuardedWriter writing) throws IOException;

    /** Returns the message if other connections send it as well, so that it can be written with others; else null. */
    default EncodedMessage encoded() {
        return null;
    }

    /** Returns a text message. The bytes must be UTF-8, and no other code may use them any more. */
    static OfferedMessage text(byte[] utf8) {
        return new OfferedMessage() {
            @Override
            public int length() {
                return utf8.length;
            }

            @Override
            public void write(GuardedWriter writing) throws IOException {
                writing.writeUtf8(utf8);
            }
        };
    }

    /** Returns a binary message. No other code may use the bytes any more. */
    static OfferedMessage binary(byte[] payload) {
        return new OfferedMessage() {
            @Override
            public int length() {
                return payload.length;
            }

            @Override
            public void write(GuardedWriter writing) throws IOException {
                writing.writeMessage(MessageType.BINARY, ByteBuffer.wrap(payload));
            }
        };
    }

    /** Returns a message that other connections send as well. */
    static OfferedMessage prepared(PreparedMessage message) {
        return new OfferedMessage() {
            @Override
            public int length() {
                return message.length();
            }

            @Override
            public void write(GuardedWriter writing) throws IOException {
                writing.writePrepared(message);
            }

            @Override
            public EncodedMessage encoded() {
                return EncodedMessage.of(message);
            }
        };
    }
}
