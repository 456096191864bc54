package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.OutboxOptions;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.WhenFull;
import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.fixture.ChannelTransport;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.HandshakeResult.Refused;
import io.twintrace.websocket.internal.engine.ConnectionFactory;
import io.twintrace.websocket.internal.handshake.Handshake;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitParamsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1000, 1000",
        "12B, 12",
        "64KiB, 65536",
        "64 kib, 65536",
        "3MiB, 3145728",
        "2GiB, 2147483648",
        "' 7 ', 7"
    })
    void sizesAreBytesOrCarryAUnit(String value, long bytes) {
        assertEquals(bytes, apply("read-limit", value).readLimit());
    }

    @ParameterizedTest
    @CsvSource({"250ms, PT0.25S", "30s, PT30S", "5m, PT5M", "2h, PT2H", "PT1M30S, PT1M30S", "0s, PT0S", "1 s, PT1S"})
    void durationsCarryAUnit(String value, Duration duration) {
        assertEquals(duration, apply("idle-timeout", value).idleTimeout());
    }

    @Test
    void everyNameSetsItsOwnOption() {
        assertEquals(9, apply("fragment-limit", "9").fragmentLimit());
        assertEquals(Duration.ofSeconds(1), apply("handshake-timeout", "1s").handshakeTimeout());
        assertEquals(Duration.ofSeconds(2), apply("close-timeout", "2s").closeTimeout());
        assertEquals(Duration.ofSeconds(3), apply("write-timeout", "3s").writeTimeout());
        assertEquals(Duration.ofSeconds(30), apply("ping-interval", "30s").pingInterval());
        assertEquals(Duration.ofSeconds(9), apply("pong-timeout", "9s").pongTimeout());
        assertEquals(Duration.ofMillis(50), apply("slow-call-threshold", "50ms").slowCallThreshold());
        assertEquals(Duration.ofSeconds(20), apply("unread-threshold", "20s").unreadThreshold());
        assertEquals(
                Duration.ofNanos(300_000), apply("coalescing-delay", "300us").coalescingDelay());
        assertEquals(512, apply("read-buffer-size", "512").readBufferSize());
        assertEquals(1024, apply("write-buffer-size", "1KiB").writeBufferSize());
        assertEquals(3, apply("max-connections", "3").maxConnections());
        assertEquals(0, apply("read-limit", "3").maxConnectionsPerAddress());
        assertEquals(4, apply("max-connections-per-address", "4").maxConnectionsPerAddress());
        assertEquals(Duration.ofMinutes(1), apply("retry-after", "1m").retryAfter());
        assertEquals("see you soon", apply("stop-reason", " see you soon ").stopReason());
        assertFalse(apply("write-coalescing", "off").writeCoalescing());
        assertEquals(2048, apply("pending-write-limit", "2KiB").pendingWriteLimit());
        assertEquals(DetectorLevel.TRACED, apply("detector-level", "Traced").detectorLevel());
    }

    @ParameterizedTest
    @CsvSource({
        "none, under no declared discipline",
        "first-writer, confined to the thread that writes first",
        "handler-thread, 'confined to thread '",
        "connection-lock, guarded by the lock java.util.concurrent.locks.ReentrantLock@",
        "connection-monitor, guarded by the monitor of io.twintrace.websocket.internal.engine.HandlerConnection@"
    })
    void theDisciplineIsMadeForEachConnection(String value, String name) throws Exception {
        WebSocketConnection connection = new ConnectionFactory(WebSocketOptions.defaults())
                .open(
                        new ChannelTransport(SocketChannel.open()),
                        new HandshakeRequest("GET", "HTTP/1.1", "/", null, null, Map.of()),
                        new Accepted(Map.of(), Optional.empty(), Optional.empty()));
        WriteDiscipline discipline =
                apply("write-discipline", value).writeDiscipline().apply(connection);
        assertTrue(discipline.toString().startsWith(name), discipline::toString);
    }

    @Test
    void theOutboxHasItsBoundsAndAWayToBeFull() {
        OutboxOptions options = apply("outbox-messages", "7").outbox();
        assertEquals(OutboxOptions.defaults().withMaxMessages(7), options);
        assertEquals(64 * 1024, apply("outbox-bytes", "64KiB").outbox().maxBytes());
        assertEquals(
                WhenFull.closePeer(1013),
                apply("outbox-when-full", "close").outbox().whenFull());
        assertEquals(
                WhenFull.closePeer(1008),
                apply("outbox-when-full", "close 1008").outbox().whenFull());
        assertEquals(
                WhenFull.dropOldest(),
                apply("outbox-when-full", "Drop-Oldest").outbox().whenFull());
        assertEquals(
                WhenFull.block(Duration.ofMillis(250)),
                apply("outbox-when-full", "block 250ms").outbox().whenFull());
    }

    @ParameterizedTest
    @CsvSource({
        "write-discipline, lock, 'must be none, handler-thread '",
        "outbox-when-full, wait, 'must be close, close 1008, drop-oldest, or block '",
        "outbox-when-full, close 1005, 'close code is 1005'",
        "outbox-when-full, block 0s, 'the longest wait is PT0S, but must be more than zero'",
        "ping-interval, 30, 'must be a duration such as 500ms, 30s'",
        "pong-timeout, PT-1S, 'pongTimeout is PT-1S, but must not be negative'",
        "outbox-messages, 0, 'maxMessages is 0, but must be at least 1'",
        "outbox-bytes, 0, 'maxBytes is 0, but must be at least 1'"
    })
    void whatIsWrongIsToldWithTheRemedy(String name, String value, String remedy) {
        String message = assertThrows(IllegalArgumentException.class, () -> apply(name, value))
                .getMessage();
        assertTrue(message.contains(remedy), message);
    }

    @Test
    void compressionIsOffUntilItIsTurnedOn() {
        assertEquals(DeflateOptions.off(), WebSocketOptions.defaults().deflate());
        assertEquals(DeflateOptions.on(), apply("compression", "on").deflate());
        WebSocketOptions all = InitParams.apply(
                WebSocketOptions.defaults(),
                Map.of(
                        "compression", "on",
                        "compression-context-takeover", "off",
                        "compression-client-window", "4KiB",
                        "compression-level", "-2",
                        "compression-threshold", "1KiB"));
        assertEquals(new DeflateOptions(true, false, 4096, -2, 1024), all.deflate());
        assertEquals(
                DeflateOptions.off(),
                InitParams.apply(apply("compression", "on"), Map.of("compression", "off"))
                        .deflate());
    }

    @ParameterizedTest
    @CsvSource({"on, true", "ON, true", "true, true", "True, true", "off, false", "false, false"})
    void aSwitchIsOnOrOffOrTrueOrFalse(String value, boolean on) {
        assertEquals(on, apply("compression", value).deflate().enabled());
    }

    @ParameterizedTest
    @CsvSource({
        "compression, yes, on or off",
        "compression-level, 10, -2 to 9",
        "compression-level, fast, whole number",
        "compression-client-window, 5KiB, power of two",
        "compression-threshold, -1, number of bytes",
        "compression-threshold, 3GiB, at most 2147483647 bytes"
    })
    void aWrongCompressionParamIsNamed(String name, String value, String hint) {
        String message = assertThrows(IllegalArgumentException.class, () -> apply(name, value))
                .getMessage();
        assertTrue(message.contains(name) && message.contains(value) && message.contains(hint), message);
    }

    @Test
    void subprotocolsAreAListThePreferredOneFirst() {
        WebSocketOptions options = apply("subprotocols", " chat.v2 , chat.v1 ");
        Accepted accepted = (Accepted) answer(options, Map.of("Sec-WebSocket-Protocol", List.of("chat.v1, chat.v2")));
        assertEquals(Optional.of("chat.v2"), accepted.subprotocol());
    }

    @Test
    void originsAreAListOrAStar() {
        Map<String, List<String>> foreign = Map.of("Origin", List.of("https://other.example"));
        assertEquals(403, ((Refused) answer(WebSocketOptions.defaults(), foreign)).status());
        for (String origins : List.of("*", "https://a.example, https://other.example")) {
            assertTrue(answer(apply("origins", origins), foreign) instanceof Accepted, origins);
        }
    }

    @Test
    void optionsThatAreNotNamedKeepTheirValues() {
        WebSocketOptions base =
                WebSocketOptions.builder().readLimit(5).maxConnections(6).build();
        WebSocketOptions options = InitParams.apply(base, Map.of("max-connections", "7"));
        assertEquals(5, options.readLimit());
        assertEquals(7, options.maxConnections());
    }

    @Test
    void aSizeBeyondAnIntSaysSo() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> InitParams.check(Map.of("outbox-bytes", "4GiB")))
                .getMessage();
        assertTrue(message.contains("\"4GiB\": must be at most 2147483647 bytes"), message);
    }

    @Test
    void theHandlerAndNamesWithADotAreNoneOfItsBusiness() {
        InitParams.check(Map.of("handler", "com.example.Any", "com.example.color", "blue"));
    }

    @Test
    void unknownNameIsAnErrorThatListsTheValidOnes() {
        String message = error("Read-Limit", "1");
        assertTrue(message.startsWith("unknown init-param \"Read-Limit\"; valid names are handler, "), message);
        assertTrue(message.contains("read-limit"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "Read-Limit, read-limit",
        "raed-limit, read-limit",
        "readLimit, read-limit",
        "read_limit, read-limit",
        "origin, origins",
        "hanlder, handler",
        "max-conections, max-connections",
        "write-timout, write-timeout",
        "compression-treshold, compression-threshold",
        "maximum-connections, max-connections",
        "outboxBytes, outbox-bytes"
    })
    void aMisspeltNameComesWithTheOneThatWasMeant(String name, String meant) {
        String message = error(name, "1");
        assertTrue(message.endsWith(" belong to the application). Did you mean \"" + meant + "\"?"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "limit", "timeout", "heartbeat", "deflate", "read-limit-of-each-connection"})
    void aNameLikeNoOtherComesWithoutAGuess(String name) {
        String message = error(name, "1");
        assertTrue(message.endsWith(" belong to the application)"), message);
    }

    @ParameterizedTest
    @CsvSource({
        "read-limit, 9GiB9",
        "read-limit, 999999999999999GiB",
        "read-limit, 1.5MiB",
        "read-limit, 1MB",
        "fragment-limit, 3GiB",
        "idle-timeout, 5",
        "idle-timeout, -5s",
        "idle-timeout, 5 days",
        "close-timeout, 0s",
        "detector-level, ''",
        "max-connections, ''",
        "max-connections-per-address, -1",
        "retry-after, 1500ms",
        "stop-reason, 'a reason of more than 123 bytes, which do not fit into a Close frame, whose payload is limited to 125, of which two are for the code'"
    })
    void malformedValueIsAnErrorThatShowsIt(String name, String value) {
        String message = error(name, value);
        assertTrue(message.startsWith("init-param \"" + name + "\" has the value \"" + value + "\": "), message);
        assertFalse(message.contains("valid names are"), message); // names, which would read like values
    }

    @Test
    void optionsThatNoParamChangesStayTheSameObject() {
        WebSocketOptions base = WebSocketOptions.defaults();
        assertSame(base, InitParams.apply(base, Map.of()));
        assertSame(base, InitParams.apply(base, Map.of("handler", "a.Handler", "other.framework", "1")));
        assertNotSame(base, InitParams.apply(base, Map.of("read-limit", "1")));
    }

    private static WebSocketOptions apply(String name, String value) {
        return InitParams.apply(WebSocketOptions.defaults(), Map.of(name, value));
    }

    private static String error(String name, String value) {
        return assertThrows(IllegalArgumentException.class, () -> apply(name, value))
                .getMessage();
    }

    private static HandshakeResult answer(WebSocketOptions options, Map<String, List<String>> more) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Host", List.of("here.example"));
        headers.put("Upgrade", List.of("websocket"));
        headers.put("Connection", List.of("Upgrade"));
        headers.put("Sec-WebSocket-Version", List.of("13"));
        headers.put("Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ=="));
        headers.putAll(more);
        return new Handshake(options.originPolicy(), options.subprotocols(), options.deflate())
                .answer(new HandshakeRequest("GET", "HTTP/1.1", "/test", null, null, headers));
    }
}
