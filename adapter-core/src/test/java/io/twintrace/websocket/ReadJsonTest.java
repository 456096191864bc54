package io.twintrace.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadJsonTest {
    private final TestPeer peer = TestPeer.connect();
    private final WebSocketConnection connection = peer.connection();

    /** What a chat sends. */
    static final class Line {
        String from;
        int number;
        List<String> to;
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
    void anEmptyMessageIsAnUnexpectedEndAndTheNextOneIsRead(String empty) throws Exception {
        peer.send(Frames.text(empty), Frames.text("1"));
        assertThrows(EOFException.class, () -> connection.readJson(Integer.class));
        assertEquals(1, connection.readJson(Integer.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"number\":\"secret\"}", "[1]", "{\"number\":", "secret", "{} {}", "{\"to\":\"secret\"}"})
    void whatIsNotOfTheTypeIsRefusedWithoutQuotingIt(String text) throws Exception {
        peer.send(Frames.text(text), Frames.text("{\"number\":2}"));
        IOException e = assertThrows(IOException.class, () -> connection.readJson(Line.class));
        assertFalse(e.toString().contains("secret"), e::toString);
        assertNull(e.getCause());
        assertEquals(2, connection.readJson(Line.class).number);
    }

    @Test
    void theLiteralNullIsNotTakenForTheEnd() throws Exception {
        peer.send(Frames.text("null"), Frames.close(1000));
        assertThrows(IOException.class, () -> connection.readJson(Line.class));
        assertNull(connection.readJson(Line.class));
    }

    @Test
    void theEndIsTheSameAsForReadMessage() throws Exception {
        peer.send(Frames.close(4001));
        CloseException e = assertThrows(CloseException.class, () -> connection.readJson(Line.class));
        assertEquals(4001, e.code());
    }
}
