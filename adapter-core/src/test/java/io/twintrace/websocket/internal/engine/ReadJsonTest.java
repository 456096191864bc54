package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadJsonTest {
    private final TestPeer peer = TestPeer.connect();
    private final BlockingConnection connection = peer.connection();

    /** A message of a chat. */
    static final class Line {
        String from;
        int number;
        List<String> to;
    }

    record Order(String symbol, int amount) {
        Order {
            if (amount < 1) {
                throw new IllegalArgumentException("amount below 1");
            }
        }
    }

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void anObjectIsRead() throws Exception {
        peer.send(Frames.text("{\"from\":\"grüß\",\"number\":7,\"to\":[\"a\",\"b\"]}"));
        Line line = connection.readJson(Line.class);
        assertEquals("grüß", line.from);
        assertEquals(7, line.number);
        assertEquals(List.of("a", "b"), line.to);
    }

    @Test
    void primitivesAndGenericTypesAreRead() throws Exception {
        peer.send(Frames.text("42"), Frames.text("[{\"a\":1}]"));
        assertEquals(42, connection.readJson(int.class));
        java.lang.reflect.Type listOfMaps =
                new com.google.gson.reflect.TypeToken<List<Map<String, Integer>>>() {}.getType();
        assertEquals(List.of(Map.of("a", 1)), connection.readJson(listOfMaps));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\r\n\t"})
    void anEmptyMessageIsNoJsonAndTheNextOneIsRead(String empty) throws Exception {
        peer.send(Frames.text(empty), Frames.text("1"));
        InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> connection.readJson(Integer.class));
        assertTrue(e.getMessage().startsWith("message is empty"), e::getMessage);
        assertEquals(1, connection.readJson(Integer.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"number\":\"secret\"}", "[1]", "{\"number\":", "secret", "{} {}", "{\"to\":\"secret\"}"})
    void whatIsNotOfTheTypeIsRefusedWithoutQuotingIt(String text) throws Exception {
        peer.send(Frames.text(text), Frames.text("{\"number\":2}"));
        InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> connection.readJson(Line.class));
        assertFalse(e.toString().contains("secret"), e::toString);
        assertNull(e.getCause());
        assertEquals(2, connection.readJson(Line.class).number);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    [1]                              | 1 |  2 | message is not JSON of type Line
                    {"from" "x"}                     | 1 | 10 | message is not JSON, but
                    {from="x";number=1}              | 1 |  3 | message is not JSON, but
                    {"number":                       | 1 | 11 | message is not JSON, but
                    {"number":1} {}                  | 1 | 15 | message is not JSON, but
                    {"from":"x",⏎ "number":"secret"} | 2 | 19 | message is not JSON of type Line
                    {"to":[⏎⏎"a",{"secret":1}]}      | 3 |  6 | message is not JSON of type Line
                    """)
    void theExceptionSaysWhereTheTextGoesWrong(String text, int line, int column, String what) throws Exception {
        peer.send(Frames.text(text.replace('⏎', '\n')));
        InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> connection.readJson(Line.class));
        assertEquals(List.of(line, column), List.of(e.line(), e.column()));
        assertTrue(e.getMessage().endsWith(" at line " + line + ", column " + column), e::getMessage);
        assertTrue(e.getMessage().startsWith(what.replace("Line", Line.class.getName())), e::getMessage);
    }

    @Test
    void whatAConstructorRefusesIsThePeersMistakeToo() throws Exception {
        peer.send(Frames.text("{\"symbol\":\"secret\",\"amount\":-1}"), Frames.text("{\"amount\":2}"));
        InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> connection.readJson(Order.class));
        assertFalse(e.toString().contains("secret"), e::toString);
        assertTrue(e.getMessage().contains("(java.lang.IllegalArgumentException)"), e::getMessage);
        assertEquals("amount below 1", e.getCause().getMessage());
        assertEquals(2, connection.readJson(Order.class).amount());
    }

    /** {@code null} cannot be an int, and Gson reports this with another exception. */
    @Test
    void aRecordsComponentMayBeMissingButNotNull() throws Exception {
        peer.send(Frames.text("{\"amount\":null}"));
        assertThrows(InvalidJsonException.class, () -> connection.readJson(Order.class));
    }

    @Test
    void aTypeThatGsonCannotMakeIsNoMistakeOfThePeer() throws Exception {
        peer.send(Frames.text("{}"), Frames.text("1"));
        RuntimeException e = assertThrows(RuntimeException.class, () -> connection.readJson(Runnable.class));
        assertTrue(e.getMessage().contains("java.lang.Runnable"), e::getMessage);
        assertEquals(1, connection.readJson(Integer.class));
    }

    @Test
    void theLiteralNullIsNotTakenForTheEnd() throws Exception {
        peer.send(Frames.text("null"), Frames.close(1000));
        assertThrows(InvalidJsonException.class, () -> connection.readJson(Line.class));
        assertNull(connection.readJson(Line.class));
    }

    @Test
    void theEndIsTheSameAsForReadMessage() throws Exception {
        peer.send(Frames.close(4001));
        CloseException e = assertThrows(CloseException.class, () -> connection.readJson(Line.class));
        assertEquals(4001, e.code());
    }
}
