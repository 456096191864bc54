package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.servlet.WebSocketMetrics;
import io.twintrace.websocket.servlet.WebSocketTotals;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the flight recorder sees of connections, with no settings. */
class ConnectionEventsTest {
    private static final String APPLICATION = "/recorded";

    @TempDir
    private Path directory;

    private static TestServer serving(WebSocketHandler handler, WebSocketOptions options) throws Exception {
        ServletContextHandler context = new ServletContextHandler(APPLICATION);
        ServletHolder holder = new ServletHolder("rooms", new UpgradeServlet(handler, options));
        holder.setInitOrder(0);
        context.addServlet(holder, "/room/*");
        return new TestServer(context).start();
    }

    private static void await(Predicate<WebSocketTotals> expected) throws Exception {
        WebSocketMetrics metrics = WebSocketMetrics.running().stream()
                .filter(each -> each.application().equals(APPLICATION))
                .findFirst()
                .orElseThrow();
        Await.until("the totals", metrics::totals, expected);
    }

    /** Returns all events once there is one of that name, because a thread counts first and then makes an event of it. */
    private List<RecordedEvent> events(Recording recording, String last) throws Exception {
        return Await.until(
                "an event " + last,
                () -> eventsNow(recording),
                now -> now.stream()
                        .anyMatch(event -> event.getEventType().getName().equals(last)));
    }

    private List<RecordedEvent> eventsNow(Recording recording) throws IOException {
        Path file = directory.resolve("connections.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.hasField("application"))
                .filter(event -> event.getString("application").equals(APPLICATION))
                .toList();
    }

    /** Flight Recorder adds the thread to each event. The name of a handler's thread has the path of its request. */
    private static String withoutThreads(List<RecordedEvent> events) {
        return events.toString().replaceAll("(?m)^ *eventThread = .*$", "");
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found = events.stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
        assertEquals(1, found.size(), events::toString);
        assertEquals("rooms", found.get(0).getString("servlet"));
        return found.get(0);
    }

    @Test
    void aConnectionIsOneEventAtEachEnd() throws Exception {
        try (Recording recording = new Recording();
                TestServer server = serving(TestServer::echo, WebSocketOptions.defaults())) {
            recording.start();
            long begin = System.nanoTime();
            try (RawClient client = RawClient.open(server.port(), APPLICATION + "/room/private?token=hidden")) {
                client.send(RawClient.text("secret"));
                client.read();
                client.send(RawClient.close(4001));
                assertEquals(4001, client.readToClose());
            }
            await(now -> now.opened() == 1 && now.open() == 0);
            List<RecordedEvent> events = events(recording, "twintrace.ConnectionClosed");
            RecordedEvent opened = only(events, "twintrace.ConnectionOpened");
            RecordedEvent closed = only(events, "twintrace.ConnectionClosed");
            assertEquals(opened.getLong("connectionNumber"), closed.getLong("connectionNumber"));
            assertEquals(4001, closed.getInt("receivedCode"));
            assertEquals(4001, closed.getInt("sentCode"));
            assertEquals(1, closed.getLong("messagesReceived"));
            assertEquals(1, closed.getLong("messagesSent"));
            assertEquals(6, closed.getLong("bytesReceived"));
            assertEquals(6, closed.getLong("bytesSentOnWire"));
            Duration age = closed.getDuration("age");
            assertTrue(age.toNanos() > 0 && age.toNanos() < System.nanoTime() - begin, age::toString);
            for (String hidden : List.of("secret", "private", "hidden", "127.0.0.1")) {
                assertFalse(withoutThreads(events).contains(hidden), events::toString);
            }
        }
    }

    @Test
    void aRefusedHandshakeIsAnEventWithoutWhatTheClientSent() throws Exception {
        try (Recording recording = new Recording();
                TestServer server = serving(TestServer::echo, WebSocketOptions.defaults())) {
            recording.start();
            try (RawClient client = RawClient.connect(server.port())) {
                client.send(RawClient.handshake(APPLICATION + "/room/private", "Origin: http://hidden.example"));
                assertEquals(403, client.readResponse().status());
            }
            List<RecordedEvent> events = events(recording, "twintrace.HandshakeRefused");
            RecordedEvent refused = only(events, "twintrace.HandshakeRefused");
            assertEquals(403, refused.getInt("status"));
            assertFalse(refused.getBoolean("byApplication"));
            assertTrue(refused.getString("reason").startsWith("pages of this origin"), refused::toString);
            String shown = withoutThreads(events);
            assertFalse(shown.contains("hidden") || shown.contains("private"), shown);
        }
    }

    @Test
    void aPongIsAnEventAndCounts() throws Exception {
        WebSocketOptions pinging =
                WebSocketOptions.builder().pingInterval(Duration.ofMillis(50)).build();
        try (Recording recording = new Recording();
                TestServer server = serving(TestServer::echo, pinging);
                RawClient client = RawClient.open(server.port(), APPLICATION + "/room/1")) {
            recording.start();
            RawClient.Frame ping = client.read();
            assertEquals(RawClient.PING, ping.opcode());
            client.send(RawClient.frame(10, ping.payload()));
            await(now -> now.roundTrips() == 1
                    && now.longestRoundTrip().equals(now.roundTripTime())
                    && now.meanRoundTrip().toNanos() > 0);
            RecordedEvent event = only(events(recording, "twintrace.PingRoundTrip"), "twintrace.PingRoundTrip");
            assertTrue(event.getDuration("roundTrip").toNanos() > 0, event::toString);
        }
    }

    @Test
    void aPeerThatIsTooSlowIsAnEvent() throws Exception {
        WebSocketHandler handler = connection -> {
            while (true) {
                connection.writeMessage(MessageType.BINARY, new byte[1 << 20]);
            }
        };
        WebSocketOptions options =
                WebSocketOptions.builder().writeTimeout(Duration.ofMillis(300)).build();
        try (Recording recording = new Recording();
                TestServer server = serving(handler, options)) {
            recording.start();
            try (RawClient deaf = RawClient.open(server.port(), APPLICATION + "/room/1")) {
                await(now -> now.closedWriteTimeout() == 1);
                deaf.awaitEnd();
                List<RecordedEvent> events = events(recording, "twintrace.ConnectionClosed");
                assertEquals(
                        "WRITE_TIMEOUT",
                        only(events, "twintrace.SlowPeerClosed").getString("reason"));
                RecordedEvent closed = only(events, "twintrace.ConnectionClosed");
                assertEquals(1006, closed.getInt("receivedCode"));
            }
        }
    }
}
