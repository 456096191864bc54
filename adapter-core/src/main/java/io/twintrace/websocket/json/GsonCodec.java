package io.twintrace.websocket.json;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Type;

/** The only class that knows Gson. */
final class GsonCodec {
    private static final Gson GSON = new Gson();

    private GsonCodec() {}

    static String encode(Object value) {
        return GSON.toJson(value);
    }

    static Object decode(String text, Type type) throws IOException {
        if (text.isBlank()) {
            throw new EOFException("empty message where JSON was expected");
        }
        Object value;
        try {
            value = GSON.<Object>fromJson(text, type);
        } catch (JsonParseException e) {
            // Gson's own message quotes the input; an exception of ours never holds payload.
            throw new IOException("message is not JSON of type " + type.getTypeName());
        }
        if (value == null) {
            throw new IOException("message is the JSON literal null, which readJson cannot tell from the end of the"
                    + " connection; use readMessage");
        }
        return value;
    }
}
