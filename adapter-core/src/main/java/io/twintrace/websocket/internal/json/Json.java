package io.twintrace.websocket.internal.json;

import java.lang.reflect.Type;

/** Converts objects to JSON text and back. Uses Gson, an optional dependency that is loaded at the first call. */
public final class Json {
    private Json() {}

    /**
     * Converts a value to JSON text.
     *
     * @throws IllegalStateException if Gson is not on the class path
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
     * @throws X if the text is not JSON of that type, is empty, or is the literal {@code null}
     * @throws RuntimeException if no text can be read as that type; the message says why
     * @throws IllegalStateException if Gson is not on the class path
     */
    public static <X extends Exception> Object decode(String text, Type type, JsonRefusal<X> refusal) throws X {
        try {
            return GsonCodec.decode(text, type, refusal);
        } catch (NoClassDefFoundError e) {
            throw missingGson(e);
        }
    }

    /** @throws NoClassDefFoundError {@code e} if another class is missing, such as one that the value's type needs */
    private static IllegalStateException missingGson(NoClassDefFoundError e) {
        String missing = String.valueOf(e.getMessage());
        if (!missing.contains("com/google/gson/") && !missing.contains(GsonCodec.class.getSimpleName())) {
            throw e;
        }
        return new IllegalStateException(
                "JSON messages need Gson 2.11 or later: add com.google.code.gson:gson to the application", e);
    }
}
