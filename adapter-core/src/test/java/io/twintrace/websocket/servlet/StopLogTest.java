package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.ArgumentMatchers.matches;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;

import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.ChannelTransport;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the log says about connections that end with their server. */
@Timeout(60)
class StopLogTest {
    private static final int PATIENCE_MILLIS = 20_000;

    /** Masked with zeros. */
    private static final byte[] CLOSE_1000 = HexFormat.of().parseHex("88820000000003e8");

    /** Masked with zeros. */
    private static final byte[] CLOSE_1001 = HexFormat.of().parseHex("88820000000003e9");

    /** A stop that takes a second or more is worth a line. A peer that answers may be held up. */
    private static final WebSocketOptions OPTIONS =
            WebSocketOptions.builder().closeTimeout(Duration.ofSeconds(4)).build();

    private final ServletContext context = mock(ServletContext.class);
    private final Application application = new Application(context, "test");
    private final Connections connections = new Connections(application, OPTIONS, "");
    private final List<Socket> peers = new ArrayList<>();
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    @AfterEach
    void end() throws IOException {
        mayEnd.countDown();
        for (Socket each : peers) {
            each.close();
        }
    }

    /** Returns the peer of a connection that the handler serves. */
    private Socket served(WebSocketHandler handler) throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        Service service = new HandlerService(application, OPTIONS, application.connections(OPTIONS), connection -> {
            served.countDown();
            handler.handle(connection);
        });
        Connections.Place place = (Connections.Place) connections.admit(service, null);
        assertNotNull(place);
        Socket peer = new Socket();
        peers.add(peer);
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            peer.setSoTimeout(PATIENCE_MILLIS);
            peer.connect(listener.getLocalAddress());
            place.start(new Upgraded(
                    new ChannelTransport(listener.accept()),
                    new HandshakeRequest("GET", "HTTP/1.1", "/test", null, null, Map.of()),
                    new Accepted(Map.of(), Optional.empty(), Optional.empty()),
                    Map.of(),
                    null));
        }
        assertTrue(served.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        return peer;
    }

    private Socket served() throws Exception {
        return served(connection -> {
            while (connection.readMessage() != null) {
                // The message is dropped.
            }
        });
    }

    private Socket servedByOneThatEndsLate() throws Exception {
        return served(connection -> {
            try {
                while (connection.readMessage() != null) {
                    // The message is dropped.
                }
            } finally {
                awaitEnd(); // also at the close timeout, so that it does not end before it is cut off
            }
        });
    }

    private void awaitEnd() {
        while (mayEnd.getCount() > 0) {
            try {
                mayEnd.await();
            } catch (InterruptedException e) {
                // It may end when the test says so.
            }
        }
    }

    private static void assertCloses(Socket peer) throws IOException {
        assertEquals(0x88, peer.getInputStream().read());
    }

    @Test
    void whatThePeerHasClosedBeforeIsNotClosedByTheStop() throws Exception {
        for (byte[] close : List.of(CLOSE_1000, CLOSE_1001)) { // the answer has the same code
            Socket peer = servedByOneThatEndsLate();
            peer.getOutputStream().write(close);
            assertCloses(peer);
        }
        Socket answers = served();
        Socket unused = servedByOneThatEndsLate(); // never answers
        CompletableFuture<Void> stopped = connections.beginStop();
        assertCloses(answers);
        answers.getOutputStream().write(CLOSE_1001);
        verify(context, timeout(PATIENCE_MILLIS)).log(matches("1 WebSocket connections cut off after .*"));
        mayEnd.countDown();
        stopped.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        verify(context, timeout(PATIENCE_MILLIS)).log(matches("1 WebSocket connections closed with 1001 in .*"));
    }

    @Test
    void aPeerThatAnswersCountsAlthoughItsHandlerEndsLate() throws Exception {
        Socket answers = servedByOneThatEndsLate();
        Socket unused = servedByOneThatEndsLate(); // never answers
        CompletableFuture<Void> stopped = connections.beginStop();
        assertCloses(answers);
        answers.getOutputStream().write(CLOSE_1001);
        verify(context, timeout(PATIENCE_MILLIS)).log(matches("1 WebSocket connections cut off after .*"));
        mayEnd.countDown();
        stopped.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        verify(context, timeout(PATIENCE_MILLIS)).log(matches("1 WebSocket connections closed with 1001 in .*"));
    }

    /** Those of a servlet whose turn comes late have the same deadline as the others. */
    @Test
    void theLinesCountFromTheBeginningOfTheWholeStop() throws Exception {
        Socket unused = servedByOneThatEndsLate(); // never answers
        connections.beginClose(System.nanoTime() - TimeUnit.SECONDS.toNanos(3));
        verify(context, timeout(PATIENCE_MILLIS))
                .log(matches("1 WebSocket connections cut off after ([4-9]\\.\\d|1\\d\\.\\d) s.*"));
    }

    /** The second one comes between the line and the end of the connection. */
    @Test
    void aConnectionThatTwoCutOffCountsOnce() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        doAnswer(call -> {
                    boolean unused = connections.stop(Duration.ofNanos(1));
                    second.countDown();
                    return null;
                })
                .when(context)
                .log(contains("cut off after"));
        Socket unused = servedByOneThatEndsLate();
        CompletableFuture<Void> stopped = connections.beginStop();
        stopped.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        assertTrue(second.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
        verify(context, times(1)).log(contains("cut off after"));
        verify(context, never()).log(contains("closed with 1001"));
    }
}
