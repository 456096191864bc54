package io.twintrace.websocket.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.room.Rooms;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The meters of an embedded Jetty's connections. */
@Timeout(60)
class TwintraceMetricsTest {
    private static final Path PAGE = Path.of("../../docs/operations.md");

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final TwintraceMetrics binder = new TwintraceMetrics();
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);

    @AfterEach
    void stop() throws Exception {
        server.stop();
        binder.close();
    }

    private void start() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/chat");
        ServletHolder holder = new ServletHolder("rooms", new UpgradeServlet(TwintraceMetricsTest::echo));
        holder.setInitOrder(0);
        context.addServlet(holder, "/room/*");
        server.addConnector(connector);
        server.setHandler(context);
        server.start();
    }

    private static void echo(BlockingConnection connection) throws Exception {
        for (Message m; (m = connection.readMessage()) != null; ) {
            connection.writeMessage(m.type(), m.payload());
        }
    }

    private RawClient open() throws Exception {
        return RawClient.open(connector.getLocalPort(), "/chat/room/private?token=hidden");
    }

    private double value(String name, String... tags) {
        return registry.get(name).tags(tags).meter().measure().iterator().next().getValue();
    }

    private void await(String name, double expected, String... tags) throws Exception {
        Await.until(name, () -> value(name, tags), now -> now == expected);
    }

    @Test
    void theyShowWhatHappens() throws Exception {
        start();
        binder.bindTo(registry);
        try (RawClient client = open()) {
            client.send(RawClient.text("hello"));
            client.read();
            await("twintrace.messages", 1, "direction", "sent");
            assertEquals(1, value("twintrace.connections.open", "application", "/chat", "servlet", "rooms"));
            assertEquals(1, value("twintrace.messages", "direction", "received"));
            assertEquals(5, value("twintrace.payload", "direction", "received"));
            assertEquals(5, value("twintrace.payload.on.wire", "direction", "sent"));
            assertEquals(0, value("twintrace.pending"));
            assertEquals(0, value("twintrace.slow.peers.closed", "reason", "outbox-full"));
            assertEquals(0, registry.get("twintrace.ping").functionTimer().totalTime(TimeUnit.SECONDS));
            client.send(RawClient.close(1000));
            client.readToClose();
        }
        try (RawClient foreign = RawClient.connect(connector.getLocalPort())) {
            foreign.send(RawClient.handshake("/chat/room/1", "Origin: http://elsewhere.example"));
            assertEquals(403, foreign.readResponse().status());
        }
        await("twintrace.connections.open", 0);
        assertEquals(1, value("twintrace.connections.opened"));
        await("twintrace.handshakes.refused", 1);
    }

    @Test
    void aServletThatStartsLaterHasThemUntilItStops() throws Exception {
        binder.bindTo(registry);
        assertEquals(List.of(), registry.getMeters());
        start();
        assertEquals(0, value("twintrace.connections.opened"));
        server.stop();
        assertEquals(List.of(), registry.getMeters());
    }

    @Test
    void closingTheBinderRemovesThemFromAllRegistries() throws Exception {
        MeterRegistry other = new SimpleMeterRegistry();
        start();
        binder.bindTo(registry);
        binder.bindTo(other);
        assertEquals(registry.getMeters().size(), other.getMeters().size());
        binder.close();
        assertEquals(List.of(), registry.getMeters());
        assertEquals(List.of(), other.getMeters());
    }

    /** A tag with a path or an address would make a new time series for each. */
    @Test
    void theTagsAreThoseOfTheServletHoweverManyConnectionsThereAre() throws Exception {
        start();
        binder.bindTo(registry);
        int before = registry.getMeters().size();
        try (RawClient one = open();
                RawClient two = RawClient.open(connector.getLocalPort(), "/chat/room/2")) {
            one.send(RawClient.text("hello"));
            one.read();
            two.send(RawClient.text("hello"));
            two.read();
            await("twintrace.connections.open", 2);
            assertEquals(before, registry.getMeters().size());
            Set<String> values = registry.getMeters().stream()
                    .flatMap(meter -> meter.getId().getTags().stream())
                    .map(Tag::getValue)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(Set.of("/chat", "rooms", "received", "sent", "outbox-full", "write-timeout"), values);
        }
    }

    @Test
    void roomsHaveThemUntilTheyClose() throws Exception {
        binder.bindTo(registry);
        try (Rooms rooms = Rooms.inMemory("chat")) {
            rooms.room("named by a user").broadcast("hello");
            await("twintrace.rooms.messages", 1, "rooms", "chat");
            await("twintrace.rooms.open", 1);
            assertEquals(0, value("twintrace.rooms.deliveries", "result", "refused"));
            assertEquals(1, value("twintrace.backplane.connected"));
            int before = registry.getMeters().size();
            rooms.room("named by another user").broadcast("hello");
            await("twintrace.rooms.open", 2);
            assertEquals(before, registry.getMeters().size());
            Set<String> values = registry.getMeters().stream()
                    .flatMap(meter -> meter.getId().getTags().stream())
                    .map(Tag::getValue)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(Set.of("chat", "accepted", "refused"), values);
        }
        assertEquals(List.of(), registry.getMeters());
    }

    @Test
    void closingTheBinderRemovesThoseOfRooms() {
        try (Rooms rooms = Rooms.inMemory()) {
            rooms.room("a").broadcast("hello");
            binder.bindTo(registry);
            assertEquals(1, value("twintrace.rooms.open"));
            binder.close();
            assertEquals(List.of(), registry.getMeters());
        }
        assertEquals(List.of(), registry.getMeters());
    }

    @Test
    void theDocumentationNamesEach() throws Exception {
        start();
        binder.bindTo(registry);
        String page = Files.readString(PAGE);
        try (Rooms rooms = Rooms.inMemory()) {
            assertTrue(registry.getMeters().size() > 20, rooms::toString);
            for (Meter meter : registry.getMeters()) {
                assertTrue(
                        page.contains("`" + meter.getId().getName() + "`"),
                        () -> meter.getId().getName());
            }
        }
    }
}
