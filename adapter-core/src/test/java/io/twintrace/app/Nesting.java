package io.twintrace.app;

import com.google.gson.TypeAdapter;
import com.google.gson.annotations.JsonAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketConnection;
import java.io.IOException;

/** A value of an application that writes to another connection while it is serialized. */
@JsonAdapter(Nesting.Adapter.class)
public final class Nesting {
    /** The value that is written to the other connection. */
    public interface Inner {
        void write() throws IOException;
    }

    private final transient Inner inner;

    public Nesting(Inner inner) {
        this.inner = inner;
    }

    /** Reports must name this call as the one on the connection. */
    public static void send(WebSocketConnection connection, Nesting value) throws IOException {
        connection.writeJson(value);
    }

    /** A plain write, to compare. */
    public static void write(WebSocketConnection connection, byte[] bytes) throws IOException {
        connection.writeMessage(MessageType.BINARY, bytes);
    }

    /** Reports must name this call as the other one. */
    public static void interrupt(WebSocketConnection connection) throws IOException {
        connection.writeMessage("second");
    }

    static final class Adapter extends TypeAdapter<Nesting> {
        @Override
        public void write(JsonWriter out, Nesting value) throws IOException {
            value.inner.write();
            out.value(1);
        }

        @Override
        public Nesting read(JsonReader in) {
            return null;
        }
    }
}
