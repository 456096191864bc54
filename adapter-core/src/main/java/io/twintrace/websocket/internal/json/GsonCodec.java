package io.twintrace.websocket.internal.json;

import com.google.gson.Gson;
import com.google.gson.JsonIOException;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The only class that uses Gson. It replaces Gson's messages about a text, because they quote the text. Exceptions that
 * it lets pass are the application's mistakes, not the peer's.
 */
final class GsonCodec {
    private static final Gson GSON = new Gson();

    /** How a JsonReader describes itself. It offers no other way to learn its position. */
    private static final Pattern PLACE = Pattern.compile(" at line (\\d+) column (\\d+) path ");

    private GsonCodec() {}

    static String encode(Object value) {
        return GSON.toJson(value);
    }

    static <X extends Exception> Object decode(String text, Type type, JsonRefusal<X> refusal) throws X {
        if (text.isBlank()) {
            throw refusal.of("message is empty, not JSON of type " + type.getTypeName(), 1, 1, null);
        }
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT); // else fromJson is lenient: comments, {type=join}, 'quotes'
        Object value;
        try {
            value = GSON.<Object>fromJson(reader, type);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedJsonException("more than one JSON text");
            }
        } catch (JsonIOException e) {
            throw e; // Gson cannot build this type from any text: the application's mistake, not the peer's
        } catch (JsonParseException | IOException e) {
            boolean isJson = !isMalformed(e) && !isMalformed(e.getCause());
            throw at(
                    reader,
                    refusal,
                    isJson ? "message is not JSON of type " + type.getTypeName() : notJson(type),
                    null);
        } catch (RuntimeException e) {
            if (!isOfConstructor(e)) {
                throw e;
            }
            String thrower = "message was rejected by a constructor of " + type.getTypeName();
            throw at(reader, refusal, thrower + " (" + e.getCause().getClass().getName() + ")", e.getCause());
        }
        if (value == null) {
            throw refusal.of("message is the literal null, not JSON of type " + type.getTypeName(), 1, 1, null);
        }
        return value;
    }

    private static String notJson(Type type) {
        return "message is not JSON, but should be of type " + type.getTypeName();
    }

    private static boolean isMalformed(Throwable t) {
        return t instanceof MalformedJsonException || t instanceof EOFException;
    }

    /** Returns whether a constructor has thrown. Gson's message then lists the record's values. */
    private static boolean isOfConstructor(RuntimeException e) {
        return e.getClass() == RuntimeException.class
                && e.getCause() != null
                && String.valueOf(e.getMessage()).startsWith("Failed to invoke constructor ");
    }

    private static <X extends Exception> X at(JsonReader reader, JsonRefusal<X> refusal, String what, Throwable cause) {
        Matcher place = PLACE.matcher(reader.toString());
        boolean known = place.find();
        int line = known ? Integer.parseInt(place.group(1)) : 1;
        return refusal.of(what, line, known ? Integer.parseInt(place.group(2)) : 1, cause);
    }
}
