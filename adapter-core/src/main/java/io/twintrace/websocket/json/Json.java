package io.twintrace.websocket.json;

import java.io.IOException;
import java.lang.reflect.Type;

/**
 * Turns objects into JSON text and back. Gson does the work; it is optional, and is touched only when one of these
 * methods is called.
 */
public final class Json {
    private Json() {}

    /**
     * The JSON text of a value.
     *
     * @throws IllegalStateException when Gson is not on the class path
     */
    public static String encode(Object value) {
        try {
            return GsonCodec.encode(value);
        } catch (NoClassDefFoundError e) {
            throw missingGson(e);
        }
    }

    /**
     * Reads one JSON text.
     *
     * @throws java.io.EOFException when {@code text} is empty
     * @throws IOException when it is not JSON of that type, or is the literal {@code null}
     * @throws IllegalStateException when Gson is not on the class path
     */
    public static Object decode(String text, Type type) throws IOException {
        try {
            return GsonCodec.decode(text, type);
        } catch (NoClassDefFoundError e) {
            throw missingGson(e);
        }
    }

    private static IllegalStateException missingGson(NoClassDefFoundError e) {
        return new IllegalStateException(
                "readJson and writeJson need Gson: add com.google.code.gson:gson to the application", e);
    }
}
