package io.twintrace.websocket;

import io.twintrace.websocket.json.Json;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A message as a {@link WebSocketListener} is shown it: valid during the call, and no longer, since the memory is used
 * again for the next one. Whoever wants to keep it takes {@link #text()}, or a copy of {@link #payload()}.
 */
public final class MessageView {
    private static final int SCRATCH_SIZE = 8 * 1024;

    private final Thread thread = Thread.currentThread();

    /** Where text is copied to on its way to a string; null until there is some. */
    private byte[] scratch;

    private MessageType type;
    private ByteBuffer bytes;

    /** The same for the application, made when it is asked for. */
    private ByteBuffer payload;

    MessageView() {}

    void show(MessageType newType, ByteBuffer newBytes) {
        type = newType;
        bytes = newBytes;
    }

    void hide() {
        type = null;
        bytes = null;
        payload = null;
    }

    /** Text or binary. */
    public MessageType type() {
        checkValid();
        return type;
    }

    /** How many bytes the message has. */
    public int length() {
        checkValid();
        return bytes.remaining();
    }

    /**
     * The payload, between position and limit; for a text message, valid UTF-8. Read-only, since it may be passed on;
     * the same buffer at each call.
     */
    public ByteBuffer payload() {
        checkValid();
        if (payload == null) {
            payload = bytes.asReadOnlyBuffer();
        }
        return payload;
    }

    /** The whole payload decoded as UTF-8; made anew at each call. */
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

    /**
     * The message read as JSON, made anew at each call. Needs Gson.
     *
     * @throws InvalidJsonException when it is not JSON of that type, is empty, or is the literal null
     */
    @SuppressWarnings("unchecked") // the codec makes what it is asked for, boxed where the class is primitive
    public <T> T json(Class<T> type) throws InvalidJsonException {
        return (T) json((Type) type);
    }

    /** {@link #json(Class)} for generic types. */
    public Object json(Type type) throws InvalidJsonException {
        return Json.decode(text(), type, InvalidJsonException::new);
    }

    private byte[] scratch() {
        if (scratch == null) {
            scratch = new byte[SCRATCH_SIZE];
        }
        return scratch;
    }

    /** What {@link #payload()} shows, for what passes the message on; not changed there. */
    ByteBuffer bytes() {
        checkValid();
        return bytes;
    }

    private void checkValid() {
        if (bytes == null || Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "a MessageView is valid only during the call that shows it, on that thread");
        }
    }

    /** Type and length, but never the payload: this may end in a log. */
    @Override
    public String toString() {
        return bytes == null ? "no message" : type + " message of " + bytes.remaining() + " bytes";
    }
}
