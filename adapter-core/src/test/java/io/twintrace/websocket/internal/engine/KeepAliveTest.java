package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CLOSE;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.PING;
import static io.twintrace.websocket.fixture.Frames.PONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseSentException;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.MemoryTransport;
import io.twintrace.websocket.fixture.StuckTransport;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keep-alive of a connection that a handler reads. */
class KeepAliveTest {
    private static final String SILENT = "the peer has not answered a Ping within 300 ms (pong timeout)";

    private TestPeer peer;
    private BlockingConnection connection;

    private static WebSocketOptions.Builder pinging(int intervalMillis, int timeoutMillis) {
        return TestPeer.quick()
                .pingInterval(Duration.ofMillis(intervalMillis))
                .pongTimeout(Duration.ofMillis(timeoutMillis));
    }

    private void connect(WebSocketOptions options) {
        peer = TestPeer.connect(options);
        connection = peer.connection();
    }

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    /** Receives the next frame, which must be a Ping of the library, and returns its payload. */
    private byte[] ping() throws IOException {
        assertArrayEquals(new byte[] {(byte) (FIN | PING), 16}, afterBeats()); // these come while an answer is late
        return peer.receive(16);
    }

    /** Receives a number of unsolicited Pongs, one for each interval that passes. */
    private void awaitBeats(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            peer.expectFrame(FIN | PONG, new byte[0]);
        }
    }

    /** Receives unsolicited Pongs, and returns the header of the frame behind them. */
    private byte[] afterBeats() throws IOException {
        byte[] header = peer.receive(2);
        while (header[0] == (byte) (FIN | PONG)) {
            header = peer.receive(2);
        }
        return header;
    }

    private void answer(byte[] ping) throws IOException {
        peer.send(Frames.masked(FIN | PONG, ping));
    }

    @Test
    void eachPongGivesTheRoundTripAndIsNotShownToTheApplication() throws Exception {
        long begin = System.nanoTime();
        connect(pinging(100, 10_000).build());
        List<byte[]> pongs = new CopyOnWriteArrayList<>();
        connection.setPongHandler(pongs::add);
        assertTrue(connection.roundTrip().isEmpty());
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        byte[] first = ping();
        answer(first);
        Background.eventually("a round trip", () -> connection.roundTrip().isPresent());
        Duration roundTrip = connection.roundTrip().orElseThrow();
        assertTrue(roundTrip.toNanos() > 0 && roundTrip.toNanos() < System.nanoTime() - begin, roundTrip::toString);
        answer(first); // again
        byte[] unused = ping();
        answer(first); // too late
        peer.send(Frames.text("end"));
        assertEquals("end", reading.result().text());
        assertEquals(roundTrip, connection.roundTrip().orElseThrow());
        assertEquals(List.of(), pongs);
    }

    @Test
    void theApplicationSeesThePongsToItsOwnPings() throws Exception {
        connect(pinging(100, 10_000).build());
        List<String> pongs = new CopyOnWriteArrayList<>();
        connection.setPongHandler(pong -> pongs.add(new String(pong, java.nio.charset.StandardCharsets.UTF_8)));
        Background<Message> reading = Background.start(connection::readMessage);
        byte[] library = ping();
        connection.writeControl(ControlType.PING, Frames.utf8("sixteen bytes it"), null);
        assertArrayEquals(Frames.utf8("sixteen bytes it"), ping());
        peer.send(
                Frames.masked(FIN | PONG, Frames.utf8("sixteen bytes it")),
                Frames.masked(FIN | PONG, library),
                Frames.masked(FIN | PONG, new byte[0]),
                Frames.text("end"));
        assertEquals("end", reading.result().text());
        assertEquals(List.of("sixteen bytes it", ""), pongs);
    }

    @Test
    void aPeerThatDoesNotAnswerIsCutOff() throws Exception {
        connect(pinging(100, 300).build());
        List<Integer> closes = new CopyOnWriteArrayList<>();
        connection.setCloseHandler(status -> closes.add(status.code()));
        Background<Message> reading = Background.start(connection::readMessage);
        byte[] unused = ping();
        SocketTimeoutException e = reading.failure(SocketTimeoutException.class);
        assertEquals(SILENT, e.getMessage());
        assertEquals(List.of(1006), closes);
        assertFalse(connection.isOpen());
        assertSame(e, assertThrows(SocketTimeoutException.class, connection::readMessage));
        assertThrows(CloseSentException.class, () -> connection.writeMessage("too late"));
        awaitBeats(2); // while the answer was awaited
        assertArrayEquals(new byte[] {(byte) (FIN | CLOSE), 14}, afterBeats());
        assertArrayEquals(Frames.closePayload(1001, "pong timeout"), peer.receive(14));
        peer.expectEof(); // without waiting for the handler
    }

    @Test
    void whateverThePeerSendsCountsAsAnAnswer() throws Exception {
        connect(pinging(100, 2_500).build());
        Background<Message> reading = Background.start(connection::readMessage);
        int length = 45; // longer than the timeout, and a peer cannot answer inside of its frame
        peer.send(Frames.maskedHeader(FIN | BINARY, length));
        for (int i = 0; i < length; i++) {
            LockSupport.parkNanos(80_000_000);
            peer.send(new byte[1]);
        }
        assertEquals(length, reading.result().payload().length);
    }

    @Test
    void aHandlerThatIsBusyDoesNotOverlookTheAnswer() throws Exception {
        connect(pinging(60, 200).build());
        answer(ping());
        awaitBeats(10); // nobody has read the Pong, and no further one is asked for
        peer.send(Frames.text("alive"));
        assertEquals("alive", connection.readMessage().text());
        assertTrue(connection.roundTrip().isEmpty(), "the time in which nobody has read was measured");
        answer(ping());
        Background<Message> reading = Background.start(connection::readMessage);
        peer.send(Frames.text("still alive"));
        assertEquals("still alive", reading.result().text());
    }

    @Test
    void aHandlerThatWasBusyLearnsAtItsNextReadThatThePeerIsGone() throws Exception {
        connect(pinging(60, 300).build());
        byte[] unused = ping();
        awaitBeats(10);
        assertTrue(connection.isOpen());
        connection.writeMessage("undisturbed");
        Background<Message> reading = Background.start(connection::readMessage);
        assertEquals(SILENT, reading.failure(SocketTimeoutException.class).getMessage());
    }

    @Test
    void aPeerThatReadsNothingIsCutOffAlthoughNoPingCanBeSent() throws Exception {
        AtomicReference<StuckTransport> transport = new AtomicReference<>();
        peer = TestPeer.connect(pinging(2_000, 300).writeTimeout(Duration.ZERO).build(), inner -> {
            transport.set(new StuckTransport(inner));
            return transport.get();
        });
        connection = peer.connection();
        Background<Message> reading = Background.start(connection::readMessage);
        transport.get().stick();
        Background<Void> writing = Background.run(() -> connection.writeMessage("nobody reads this"));
        SocketTimeoutException stuck = writing.failure(SocketTimeoutException.class);
        String why = "the peer has read nothing of what waits for it, and sent nothing, within 300 ms, so that no Ping"
                + " could be sent or answered (pong timeout)";
        assertEquals(why, stuck.getCause().getMessage());
        assertEquals(why, reading.failure(SocketTimeoutException.class).getMessage());
        peer.expectGone();
    }

    @Test
    void aPingWaitsForTheFrameInFlightAndNotBehindIt() throws Exception {
        AtomicReference<StuckTransport> transport = new AtomicReference<>();
        peer = TestPeer.connect(pinging(60, 10_000).build(), inner -> {
            transport.set(new StuckTransport(inner));
            return transport.get();
        });
        connection = peer.connection();
        byte[] payload = Frames.pattern(100_000);
        transport.get().stick();
        Background<Void> writing = Background.run(() -> connection.writeMessage(MessageType.BINARY, payload));
        transport.get().awaitWriter();
        LockSupport.parkNanos(1_000_000_000); // time for several Pings
        long begin = System.nanoTime();
        transport.get().goOn();
        writing.result();
        byte[] header = afterBeats();
        if (header[0] == (byte) (FIN | PING)) { // from before it stuck
            byte[] unused = peer.receive(16);
            header = afterBeats();
        }
        byte[] frame = Frames.plain(FIN | BINARY, payload);
        assertArrayEquals(frame, Frames.concat(header, peer.receive(frame.length - 2)));
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        answer(ping());
        Background.eventually("a round trip", () -> connection.roundTrip().isPresent());
        Duration roundTrip = connection.roundTrip().orElseThrow();
        long since = System.nanoTime() - begin;
        assertTrue(roundTrip.toNanos() <= since, () -> "the Ping was written before it could leave: " + roundTrip);
        peer.send(Frames.text("end"));
        assertEquals("end", reading.result().text());
    }

    @Test
    void noPingFollowsAClose() throws Exception {
        connect(pinging(60, 300).closeTimeout(Duration.ofSeconds(5)).build());
        byte[] unused = ping();
        connection.beginClose(1000, "");
        Background<Message> reading = Background.start(connection::readMessage);
        assertArrayEquals(new byte[] {(byte) (FIN | CLOSE), 2}, afterBeats());
        assertArrayEquals(Frames.closePayload(1000, ""), peer.receive(2));
        peer.socket().setSoTimeout(600);
        assertThrows(SocketTimeoutException.class, () -> peer.receive(1), "something follows the Close frame");
        peer.send(Frames.close(1000));
        assertEquals(null, reading.result());
    }

    @Test
    void aPeerThatAnswersDoesNotReachALongerIdleTimeout() throws Exception {
        connect(pinging(100, 10_000).idleTimeout(Duration.ofSeconds(2)).build());
        Background<Message> reading = Background.start(connection::readMessage);
        for (int i = 0; i < 25; i++) {
            answer(ping());
        }
        peer.send(Frames.text("alive"));
        assertEquals("alive", reading.result().text());
    }

    @Test
    void withoutATimeoutASilentPeerIsOnlyKeptBusy() throws Exception {
        connect(pinging(60, 0).build());
        Background<Message> reading = Background.start(connection::readMessage);
        byte[] unused = ping();
        awaitBeats(8);
        peer.send(Frames.text("at last"));
        assertEquals("at last", reading.result().text());
        byte[] next = ping();
        answer(next);
    }

    /** It takes one thread in all, and no connection stays in memory for its Pings. */
    @Test
    void tenThousandConnectionsShareOneTimer() throws Exception {
        connect(TestPeer.quick().build());
        WebSocketOptions options = pinging(500, 0).build();
        List<MemoryTransport> transports = new ArrayList<>();
        List<BlockingConnection> connections = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            MemoryTransport transport = new MemoryTransport(new byte[0], List.of(1));
            transports.add(transport);
            connections.add(transport.connection(options));
        }
        Background.eventually(
                "a Ping to each", () -> transports.stream().allMatch(each -> each.written().length >= 18));
        long timers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("websocket-timer"))
                .count();
        assertEquals(1, timers);
        connections.forEach(BlockingConnection::abort);
    }
}
