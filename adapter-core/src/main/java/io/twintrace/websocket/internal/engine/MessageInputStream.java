package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.MessageType;
import java.io.IOException;
import java.util.Objects;

/** Reads the current message of a connection. */
final class MessageInputStream extends MessageReader {
    /** Reads on behalf of the stream. */
    interface Source {
        int read(MessageInputStream stream, byte[] into, int offset, int most) throws IOException;
    }

    private final Source source;
    private final MessageType type;

    MessageInputStream(Source source, MessageType type) {
        this.source = source;
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
        return source.read(this, into, offset, length);
    }
}
