package io.twintrace.websocket.internal.json;

import java.lang.reflect.Type;

/**
 * Turns objects into JSON text and back. Gson does the work; it is optional, and is touched only when one of these
 * methods is called.
 */
public final class Json {
    /** Makes the exception for a text that is not the JSON it should be. */
    @FunctionalInterface
    public interface Refusal<X extends Exception> {
        /**
         * Returns the exception.
         *
         * @param what is wrong, without anything of the text
         * @param line counted from 1
         * @param column counted from 1
         * @param cause what a constructor of the application has thrown, or null
         */
        X of(String what, int line, int column, Throwable cause);
    }

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
     * @throws X when it is not JSON of that type, is empty, or is the literal {@code null}
     * @throws RuntimeException when no text can be read as that type, which says why
     * @throws IllegalStateException when Gson is not on the class path
     */
    public static <X extends Exception> Object decode(String text, Type type, Refusal<X> refusal) throws X {
        try {
            return GsonCodec.decode(text, type, refusal);
        } catch (NoClassDefFoundError e) {
            throw missingGson(e);
        }
    }

    private static IllegalStateException missingGson(NoClassDefFoundError e) {
        return new IllegalStateException(
                "JSON messages need Gson 2.11 or later: add com.google.code.gson:gson to the application", e);
    }
}
