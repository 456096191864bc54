package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.internal.json.Json;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The message that a listener is shown, over memory that is used again for the next one. Of one thread. */
final class ArrivedMessage implements MessageView {
    private static final int SCRATCH_SIZE = 8 * 1024;

    private final Thread thread = Thread.currentThread();

    /** Where text is copied to on its way to a string; null until there is some. */
    private byte[] scratch;

    private MessageType type;
    private ByteBuffer bytes;

    /** The same for the application, made when it is asked for. */
    private ByteBuffer payload;

    void show(MessageType newType, ByteBuffer newBytes) {
        type = newType;
        bytes = newBytes;
    }

    void hide() {
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
