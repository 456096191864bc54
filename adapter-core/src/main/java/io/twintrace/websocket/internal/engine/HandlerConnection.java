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
    private final BlockingReader reading;
    private final WebSocketOptions options;

    HandlerConnection(HandshakeRequest request, Accepted handshake, ConnectionParts parts, BlockingReader reading) {
        super(request, handshake, parts, reading);
        this.reading = reading;
        this.options = parts.shared().options();
    }

    @Override
    public Message readMessage() throws IOException {
        return reading.readMessage();
    }

    @Override
    public MessageReader nextReader() throws IOException {
        return reading.nextReader();
    }

    @Override
    public Object readJson(Type type) throws IOException {
        Message message = reading.readMessage();
        return message == null ? null : Json.decode(options, message.text(), type);
    }
}
