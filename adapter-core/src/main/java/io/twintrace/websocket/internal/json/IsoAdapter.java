package io.twintrace.websocket.internal.json;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.function.Function;

/**
 * Writes a type of {@code java.time} as a string of ISO 8601, and reads nothing else. Gson has adapters of its own, but
 * they write the private fields.
 */
final class IsoAdapter<T> extends TypeAdapter<T> {
    private final String expected;
    private final Function<T, String> format;
    private final Function<String, T> parse;

    /** A value that is not the expected string. Its message does not quote the value. */
    static final class NotIsoException extends JsonParseException {
        private static final long serialVersionUID = 1L;

        private final String expected;

        NotIsoException(String expected) {
            super("no " + expected);
            this.expected = expected;
        }

        /** Returns what the value should have been, with an example. */
        String expected() {
            return expected;
        }
    }

    private IsoAdapter(Class<T> type, String example, Function<T, String> format, Function<String, T> parse) {
        this.expected = type.getSimpleName() + " such as \"" + example + '"';
        this.format = format;
        this.parse = parse;
    }

    /** Adds an adapter for each type. The formatters always write seconds, which toString of these types leaves out. */
    static GsonBuilder register(GsonBuilder gson) {
        DateTimeFormatter local = DateTimeFormatter.ISO_LOCAL_DATE_TIME;
        DateTimeFormatter offset = DateTimeFormatter.ISO_OFFSET_DATE_TIME;
        DateTimeFormatter zoned = DateTimeFormatter.ISO_ZONED_DATE_TIME;
        DateTimeFormatter time = DateTimeFormatter.ISO_LOCAL_TIME;
        add(gson, Instant.class, "2026-03-01T18:30:00Z", Instant::toString, Instant::parse);
        add(gson, LocalDate.class, "2026-03-01", LocalDate::toString, LocalDate::parse);
        add(gson, LocalTime.class, "18:30:00", time::format, LocalTime::parse);
        add(gson, LocalDateTime.class, "2026-03-01T18:30:00", local::format, LocalDateTime::parse);
        add(gson, OffsetDateTime.class, "2026-03-01T18:30:00+01:00", offset::format, OffsetDateTime::parse);
        add(gson, ZonedDateTime.class, "2026-03-01T18:30:00+01:00[Europe/Paris]", zoned::format, ZonedDateTime::parse);
        add(gson, Duration.class, "PT1H30M", Duration::toString, Duration::parse);
        return gson;
    }

    private static <T> void add(
            GsonBuilder gson, Class<T> type, String example, Function<T, String> format, Function<String, T> parse) {
        gson.registerTypeAdapter(type, new IsoAdapter<>(type, example, format, parse).nullSafe());
    }

    @Override
    public void write(JsonWriter out, T value) throws IOException {
        out.value(format.apply(value));
    }

    @Override
    public T read(JsonReader in) throws IOException {
        if (in.peek() != JsonToken.STRING) {
            throw new NotIsoException(expected);
        }
        try {
            return parse.apply(in.nextString());
        } catch (DateTimeParseException e) {
            throw new NotIsoException(expected); // without its cause, which quotes the text
        }
    }
}
