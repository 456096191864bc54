package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.internal.json.Json;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Shows a message to a listener, over memory that is reused for the next message. Only the thread that created it may
 * use it.
 */
public final class ArrivedMessage implements MessageView {
    private static final int SCRATCH_SIZE = 8 * 1024;

    private final Thread thread = Thread.currentThread();

    /** Text is copied to this before it becomes a string. Null until it is needed. */
    private byte[] scratch;

    private WebSocketOptions options;
    private MessageType type;
    private ByteBuffer bytes;

    /** A read-only view for the application, created on first use. */
    private ByteBuffer payload;

    /** Shows a message of a connection with these options, which have its JSON codec. */
    public void show(WebSocketOptions newOptions, MessageType newType, ByteBuffer newBytes) {
        options = newOptions;
        type = newType;
        bytes = newBytes;
    }

    public void hide() {
        options = null;
        type = null;
        bytes = null;
        payload = null;
    }

    @Override
    public MessageType type() {
        checkValid();
        return type;
    }

    @Override
    public int length() {
        checkValid();
        return bytes.remaining();
    }

    @Override
    public ByteBuffer payload() {
        checkValid();
        if (payload == null) {
            payload = bytes.asReadOnlyBuffer();
        }
        return payload;
    }

    @Override
    public String text() {
        checkValid();
        int length = bytes.remaining();
        if (bytes.hasArray()) {
            return new String(bytes.array(), bytes.arrayOffset() + bytes.position(), length, StandardCharsets.UTF_8);
        }
        byte[] copy = length <= SCRATCH_SIZE ? scratch() : new byte[length];
        bytes.get(bytes.position(), copy, 0, length);
        return new String(copy, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public Object json(Type type) throws InvalidJsonException {
        return Json.decode(options, text(), type);
    }

    private byte[] scratch() {
        if (scratch == null) {
            scratch = new byte[SCRATCH_SIZE];
        }
        return scratch;
    }

    /**
     * Returns the bytes of {@link #payload()} without a copy, for code that passes them on and does not change them.
     */
    public ByteBuffer bytes() {
        checkValid();
        return bytes;
    }

    private void checkValid() {
        if (bytes == null || Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "a MessageView is valid only during the call that shows it, on that thread");
        }
    }

    /** Returns type and length, but never the payload, because this may end up in a log. */
    @Override
    public String toString() {
        return bytes == null ? "no message" : type + " message of " + bytes.remaining() + " bytes";
    }
}
