package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.app.JacksonCodec;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.InvalidJsonException;
import io.twintrace.websocket.JsonCodec;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.ListeningPeer;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** JSON by the codec that the application has set. */
class JsonCodecTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final Scripted scripted = new Scripted();
    private final TestPeer peer = TestPeer.connect(with(scripted));
    private final BlockingConnection connection = peer.connection();

    record Order(String symbol, int amount, Instant at) {
        Order {
            if (amount < 1) {
                throw new IllegalArgumentException("amount below 1");
            }
        }
    }

    interface Step {
        Object run() throws InvalidJsonException;
    }

    /** Does what the test says. */
    private static final class Scripted implements JsonCodec {
        private Step next = () -> "1";

        @Override
        public String encode(Object value) {
            try {
                return (String) next.run();
            } catch (InvalidJsonException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public Object decode(String text, Type type) throws InvalidJsonException {
            return next.run();
        }
    }

    private static WebSocketOptions with(JsonCodec codec) {
        return TestPeer.quick().jsonCodec(codec).build();
    }

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    private void assertStillWrites() throws IOException {
        connection.writeMessage("later");
        peer.expectFrame(0x81, Frames.utf8("later"));
    }

    // ---- Jackson ----------------------------------------------------------------------------------------------------

    @Test
    void jacksonWritesAndReads() throws Exception {
        try (TestPeer jackson = TestPeer.connect(with(new JacksonCodec()))) {
            String text = "{\"symbol\":\"ACMÉ\",\"amount\":3,\"at\":\"2026-03-01T12:00:00Z\"}";
            jackson.send(Frames.text(text));
            Order order = jackson.connection().readJson(Order.class);
            assertEquals(new Order("ACMÉ", 3, NOON), order);
            jackson.connection().writeJson(order);
            jackson.expectFrame(0x81, Frames.utf8(text));
            assertTrue(jackson.connection().outbox().offerJson(order));
            jackson.expectFrame(0x81, Frames.utf8(text));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"symbol":"secret","amount":0}    | 1
                    {"amount":"secret"}               | 1
                    {"amount":1}⏎{}                   | 2
                    {"amount":                        | 1
                    {"at":"secret"}                   | 1
                    {"secret":1}                      | 1
                    secret                            | 1
                    """)
    void jacksonTellsWhereThePeerIsWrongWithoutQuotingIt(String text, int line) throws Exception {
        try (TestPeer jackson = TestPeer.connect(with(new JacksonCodec()))) {
            jackson.send(Frames.text(text.replace('⏎', '\n')), Frames.text("{\"amount\":2}"));
            BlockingConnection reader = jackson.connection();
            InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> reader.readJson(Order.class));
            assertEquals(line, e.line(), e::getMessage);
            assertTrue(e.column() >= 1, e::getMessage);
            assertFalse(e.toString().contains("secret"), e::toString);
            assertEquals(2, reader.readJson(Order.class).amount());
        }
    }

    @Test
    void aTypeThatJacksonCannotCreateIsNoMistakeOfThePeer() throws Exception {
        try (TestPeer jackson = TestPeer.connect(with(new JacksonCodec()))) {
            jackson.send(Frames.text("{}"));
            RuntimeException e = assertThrows(
                    RuntimeException.class, () -> jackson.connection().readJson(Runnable.class));
            assertTrue(e.getMessage().contains("java.lang.Runnable"), e::getMessage);
        }
    }

    @Test
    void theDocsShowThisCodec() throws Exception {
        String source = Files.readString(Path.of("src/test/java/io/twintrace/app/JacksonCodec.java"));
        String shown = source.substring(source.indexOf("import "));
        assertTrue(Files.readString(Path.of("../docs/connection.md")).contains("```java\n" + shown + "```\n"));
    }

    // ---- Listeners --------------------------------------------------------------------------------------------------

    private static final class OrderListener implements WebSocketListener {
        private Order last;

        @Override
        public void onMessage(WebSocketConnection from, MessageView message) throws IOException {
            last = message.json(Order.class);
        }
    }

    @Test
    void eachListenerHasTheCodecOfItsOwnOptions() throws Exception {
        OrderListener one = new OrderListener();
        OrderListener two = new OrderListener();
        Scripted other = new Scripted();
        other.next = () -> new Order("B", 2, NOON);
        try (ListeningPeer jackson = ListeningPeer.connect(one, with(new JacksonCodec()));
                ListeningPeer mine = ListeningPeer.connect(two, with(other))) {
            for (int i = 1; i < 3; i++) {
                jackson.send(Frames.text("{\"amount\":" + i + "}"));
                mine.send(Frames.text("anything"));
                assertEquals(List.of(i, 2), List.of(one.last.amount(), two.last.amount()));
            }
        }
    }

    // ---- Codecs that do what they should not ------------------------------------------------------------------------

    @Test
    void whenTheCodecThrowsNothingIsSentAndTheConnectionGoesOn() throws Exception {
        IllegalArgumentException mine = new IllegalArgumentException("cannot");
        scripted.next = () -> {
            throw mine;
        };
        assertSame(mine, assertThrows(IllegalArgumentException.class, () -> connection.writeJson("x")));
        assertStillWrites();
        peer.send(Frames.text("1"), Frames.text("next"));
        assertSame(mine, assertThrows(IllegalArgumentException.class, () -> connection.readJson(String.class)));
        assertEquals("next", connection.readMessage().text());
    }

    @Test
    void aCodecThatReturnsNoTextIsNamedAndNothingIsSent() throws Exception {
        scripted.next = () -> null;
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> connection.writeJson("x"));
        assertTrue(e.getMessage().startsWith(Scripted.class.getName() + " returned null"), e::getMessage);
        assertStillWrites();
    }

    @Test
    void aCodecThatReturnsNoValueHasReadTheLiteralNull() throws Exception {
        scripted.next = () -> null;
        peer.send(Frames.text("null"), Frames.close(1000));
        InvalidJsonException e = assertThrows(InvalidJsonException.class, () -> connection.readJson(String.class));
        assertTrue(e.getMessage().startsWith("message is the literal null"), e::getMessage);
        assertNull(connection.readJson(String.class));
    }

    @Test
    void anEmptyMessageIsRefusedBeforeTheCodecSeesIt() throws Exception {
        scripted.next = () -> "seen";
        peer.send(Frames.text(" "));
        assertThrows(InvalidJsonException.class, () -> connection.readJson(String.class));
    }

    @Test
    void aCodecThatWritesToTheConnectionIsRefused() throws Exception {
        scripted.next = () -> {
            try {
                connection.writeMessage("inside");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return "1";
        };
        assertThrows(IllegalStateException.class, () -> connection.writeJson("x"));
        assertStillWrites();
    }

    @Test
    void aCodecMayWriteWhileItReads() throws Exception {
        scripted.next = () -> {
            try {
                connection.writeMessage("inside");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return Duration.ZERO;
        };
        peer.send(Frames.text("1"));
        assertEquals(Duration.ZERO, connection.readJson(Duration.class));
        connection.flush();
        peer.expectFrame(0x81, Frames.utf8("inside"));
    }

    @Test
    void optionsKeepTheirCodecWhenTheyAreCopied() {
        WebSocketOptions copy = with(scripted).toBuilder().readLimit(1).build();
        assertSame(scripted, copy.jsonCodec().orElseThrow());
        assertTrue(WebSocketOptions.defaults().jsonCodec().isEmpty());
    }
}
