package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.MessageType;
import java.io.IOException;
import java.util.Objects;

/** Reads the message that a connection has come to. */
final class MessageInputStream extends MessageReader {
    private final ReadHalf owner;
    private final MessageType type;

    MessageInputStream(ReadHalf owner, MessageType type) {
        this.owner = owner;
        this.type = type;
    }

    @Override
    public MessageType type() {
        return type;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        return owner.read(this, into, offset, length);
    }
}
