package io.twintrace.app;

import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.JsonCodec;
import java.lang.reflect.Type;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.json.JsonMapper;

/** JSON by Jackson 3. */
public final class JacksonCodec implements JsonCodec {
    private final JsonMapper mapper = new JsonMapper();

    @Override
    public String encode(Object value) {
        return mapper.writeValueAsString(value);
    }

    @Override
    public Object decode(String text, Type type) throws InvalidJsonException {
        try {
            return mapper.readValue(text, mapper.constructType(type));
        } catch (InvalidDefinitionException e) {
            throw e; // Jackson cannot create this type: not the peer's mistake
        } catch (JacksonException e) {
            TokenStreamLocation place = e.getLocation();
            int line = place == null ? 1 : Math.max(1, place.getLineNr());
            int column = place == null ? 1 : Math.max(1, place.getColumnNr());
            // Without its cause, which may quote the text.
            throw new InvalidJsonException("message is not JSON of type " + type.getTypeName(), line, column, null);
        }
    }
}
