package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.json.Json;
import java.io.IOException;
import java.lang.reflect.Type;

/** A connection that a handler reads. */
final class HandlerConnection extends EngineConnection implements BlockingConnection {
    private final BlockingReader reader;
    private final WebSocketOptions options;

    HandlerConnection(HandshakeRequest request, Accepted handshake, ConnectionParts parts, BlockingReader reader) {
        super(request, handshake, parts, reader);
        this.reader = reader;
        this.options = parts.shared().options();
    }

    @Override
    public Message readMessage() throws IOException {
        return reader.readMessage();
    }

    @Override
    public MessageReader nextReader() throws IOException {
        return reader.nextReader();
    }

    @Override
    public Object readJson(Type type) throws IOException {
        Message message = reader.readMessage();
        return message == null ? null : Json.decode(options, message.text(), type);
    }
}
