package io.twintrace.websocket.internal.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.WebSocketOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Times in JSON are strings of ISO 8601, as long as the application has no codec of its own. */
class JsonTimesTest {
    private static final WebSocketOptions GSON = WebSocketOptions.defaults();

    /** How java.time itself reads each of these. */
    private static final Map<Class<?>, Object> VALUES = Map.of(
            Instant.class, Instant.parse("2026-03-01T18:30:00Z"),
            LocalDate.class, LocalDate.parse("2026-03-01"),
            LocalTime.class, LocalTime.parse("18:30"),
            LocalDateTime.class, LocalDateTime.parse("2026-03-01T18:30"),
            OffsetDateTime.class, OffsetDateTime.parse("2026-03-01T18:30+01:00"),
            ZonedDateTime.class, ZonedDateTime.parse("2026-03-01T18:30+01:00[Europe/Paris]"),
            Duration.class, Duration.ofMinutes(90));

    record Meeting(String title, Instant begin, Duration length, LocalDate day) {}

    @ParameterizedTest
    @CsvSource({
        "java.time.Instant,        2026-03-01T18:30:00Z",
        "java.time.LocalDate,      2026-03-01",
        "java.time.LocalTime,      18:30:00",
        "java.time.LocalDateTime,  2026-03-01T18:30:00",
        "java.time.OffsetDateTime, 2026-03-01T18:30:00+01:00",
        "java.time.ZonedDateTime,  2026-03-01T18:30:00+01:00[Europe/Paris]",
        "java.time.Duration,       PT1H30M"
    })
    void timesGoThereAndBackAsStringsWithSeconds(Class<?> type, String text) throws Exception {
        Object value = VALUES.get(type);
        assertEquals('"' + text + '"', Json.encode(GSON, value));
        assertEquals(value, Json.decode(GSON, '"' + text + '"', type));
    }

    @Test
    void fractionsAreKept() throws Exception {
        Instant instant = Instant.parse("2026-03-01T18:30:00.000000001Z");
        LocalTime time = LocalTime.of(1, 2, 3, 400_000_000);
        assertEquals(instant, Json.decode(GSON, Json.encode(GSON, instant), Instant.class));
        assertEquals("\"01:02:03.4\"", Json.encode(GSON, time));
    }

    @Test
    void timesAreReadInsideOfOtherValuesAndMayBeNull() throws Exception {
        Meeting meeting = new Meeting("x", Instant.EPOCH, Duration.ofSeconds(90), null);
        String text = "{\"title\":\"x\",\"begin\":\"1970-01-01T00:00:00Z\",\"length\":\"PT1M30S\"}";
        assertEquals(text, Json.encode(GSON, meeting));
        assertEquals(meeting, Json.decode(GSON, text, Meeting.class));
        assertNull(((Meeting) Json.decode(GSON, "{\"begin\":null}", Meeting.class)).begin());
        assertEquals(
                "{\"1970-01-01\":[\"PT1S\"]}",
                Json.encode(GSON, Map.of(LocalDate.EPOCH, List.of(Duration.ofSeconds(1)))));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
                    java.time.Instant        | "secret"
                    java.time.Instant        | 1772389800
                    java.time.Instant        | {"seconds":1,"nanos":2}
                    java.time.Instant        | "2026-03-01T18:30:00"
                    java.time.LocalDate      | "2026-02-29"
                    java.time.LocalDate      | "1.3.2026"
                    java.time.LocalDate      | [2026,3,1]
                    java.time.LocalTime      | "25:00"
                    java.time.LocalDateTime  | "2026-03-01 18:30:00"
                    java.time.LocalDateTime  | "2026-03-01T18:30:00Z"
                    java.time.OffsetDateTime | "2026-03-01T18:30:00"
                    java.time.ZonedDateTime  | "2026-03-01T18:30:00+01:00[Nowhere/secret]"
                    java.time.Duration       | "90 minutes"
                    java.time.Duration       | 90
                    java.time.Duration       | ""
                    """)
    void everythingElseIsRefusedWithAnExampleAndWithoutQuotingIt(Class<?> type, String text) {
        InvalidJsonException e =
                assertThrows(InvalidJsonException.class, () -> Json.decode(GSON, "[" + text + "]", type.arrayType()));
        assertNull(e.getCause());
        assertFalse(e.getMessage().contains("secret"), e::getMessage);
        assertEquals(
                "message is not JSON of type " + type.getName() + "[], because it has no " + type.getSimpleName()
                        + " such as ",
                e.getMessage().substring(0, e.getMessage().indexOf('"')));
    }

    @Test
    void theErrorHasItsPlace() {
        String text = "{\"title\":\"x\",\n \"begin\":\"secret\",\"day\":\"\"}";
        InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> Json.decode(GSON, text, Meeting.class));
        assertEquals(
                "message is not JSON of type " + Meeting.class.getName()
                        + ", because it has no Instant such as \"2026-03-01T18:30:00Z\" where one must be"
                        + " at line 2, column 18",
                e.getMessage());
    }
}
