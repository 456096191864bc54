package io.twintrace.websocket.internal.json;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonIOException;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.JsonCodec;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The codec of connections whose options have none. It replaces Gson's messages about a text, because they quote the
 * text. Exceptions that it lets pass are the application's mistakes, not the peer's.
 *
 * <p>Everything of Gson that is not in its oldest versions is used while this class is initialized. So a Gson that is
 * missing or too old is noticed then, and not in the middle of a call.
 */
final class GsonCodec implements JsonCodec {
    static final JsonCodec INSTANCE = new GsonCodec();

    /** Else fromJson is lenient: comments, {@code {type=join}}, {@code 'quotes'}. Since Gson 2.11. */
    private static final Strictness STRICT = Strictness.STRICT;

    /** How a JsonReader describes itself. It offers no other way to learn its position. */
    private static final Pattern PLACE = Pattern.compile(" at line (\\d+) column (\\d+) path ");

    private final Gson gson = IsoAdapter.register(new GsonBuilder()).create();

    private GsonCodec() {}

    @Override
    public String encode(Object value) {
        return gson.toJson(value);
    }

    @Override
    public Object decode(String text, Type type) throws InvalidJsonException {
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(STRICT);
        try {
            Object value = gson.<Object>fromJson(reader, type);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedJsonException("more than one JSON text");
            }
            return value;
        } catch (JsonIOException e) {
            throw e; // Gson cannot build this type from any text: the application's mistake, not the peer's
        } catch (IsoAdapter.NotIsoException e) {
            throw at(reader, notOfType(type) + ", because it has no " + e.expected() + " where one must be", null);
        } catch (JsonParseException | IOException e) {
            boolean isJson = !isMalformed(e) && !isMalformed(e.getCause());
            throw at(reader, isJson ? notOfType(type) : notJson(type), null);
        } catch (RuntimeException e) {
            if (!isOfConstructor(e)) {
                throw e;
            }
            String thrower = "message was rejected by a constructor of " + type.getTypeName();
            throw at(reader, thrower + " (" + e.getCause().getClass().getName() + ")", e.getCause());
        }
    }

    private static String notOfType(Type type) {
        return "message is not JSON of type " + type.getTypeName();
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

    private static InvalidJsonException at(JsonReader reader, String what, Throwable cause) {
        Matcher place = PLACE.matcher(reader.toString());
        boolean known = place.find();
        int line = known ? Integer.parseInt(place.group(1)) : 1;
        return new InvalidJsonException(what, line, known ? Integer.parseInt(place.group(2)) : 1, cause);
    }
}
