package io.twintrace.websocket.internal.json;

import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.JsonCodec;
import io.twintrace.websocket.WebSocketOptions;
import java.lang.reflect.Type;

/**
 * Converts values with the codec of the options. Without one it uses Gson, an optional dependency that is loaded at the
 * first call.
 */
public final class Json {
    private Json() {}

    /**
     * Converts a value to JSON text.
     *
     * @throws RuntimeException that the codec throws
     * @throws IllegalStateException if the codec returns null, or if Gson is needed and not on the class path
     */
    public static String encode(WebSocketOptions options, Object value) {
        JsonCodec codec = codec(options);
        String text = codec.encode(value);
        if (text == null) {
            throw new IllegalStateException(
                    codec.getClass().getName() + " returned null for a value that is to be JSON; nothing was sent");
        }
        return text;
    }

    /**
     * Reads one JSON text. Never returns null, which would look like the end of the connection.
     *
     * @throws InvalidJsonException if the text is not JSON of that type, is empty, or is the literal {@code null}
     * @throws RuntimeException if no text can be read as that type
     * @throws IllegalStateException if Gson is needed and not on the class path
     */
    public static Object decode(WebSocketOptions options, String text, Type type) throws InvalidJsonException {
        JsonCodec codec = codec(options);
        if (text.isBlank()) {
            throw new InvalidJsonException("message is empty, not JSON of type " + type.getTypeName(), 1, 1, null);
        }
        Object value = codec.decode(text, type);
        if (value == null) {
            throw new InvalidJsonException(
                    "message is the literal null, not JSON of type " + type.getTypeName(), 1, 1, null);
        }
        return value;
    }

    private static JsonCodec codec(WebSocketOptions options) {
        return options.jsonCodec().orElseGet(Json::gson);
    }

    private static JsonCodec gson() {
        try {
            return GsonCodec.INSTANCE;
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "JSON messages need Gson 2.11 or later, or a JsonCodec in the WebSocketOptions: add"
                            + " com.google.code.gson:gson to the application",
                    e);
        }
    }
}
