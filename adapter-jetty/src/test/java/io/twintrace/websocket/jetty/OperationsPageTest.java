package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.room.Rooms;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.RawClient;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import jdk.jfr.EventType;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.ValueDescriptor;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;

/** The page on what to watch names all that there is. */
class OperationsPageTest {
    private static final Path PAGE = Path.of("../docs/operations.md");

    private static final Set<String> OF_EVERY_EVENT = Set.of("startTime", "duration", "eventThread", "stackTrace");

    private static TestServer serving() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/chat");
        ServletHolder holder = new ServletHolder("rooms", new UpgradeServlet(TestServer::echo));
        holder.setInitOrder(0);
        context.addServlet(holder, "/room");
        return new TestServer(context).start();
    }

    @Test
    void everyAttributeOfTheBeansIsExplained() throws Exception {
        try (TestServer server = serving();
                Rooms rooms = Rooms.inMemory()) {
            assertExplained("io.twintrace.websocket:type=Connections,application=\"/chat\",servlet=\"rooms\"", server);
            assertExplained("io.twintrace.websocket:type=Rooms,name=\"rooms\"", rooms);
        }
    }

    private static void assertExplained(String bean, Object shown) throws Exception {
        String page = Files.readString(PAGE);
        assertTrue(page.contains(bean), bean);
        for (MBeanAttributeInfo attribute : ManagementFactory.getPlatformMBeanServer()
                .getMBeanInfo(new ObjectName(bean))
                .getAttributes()) {
            assertTrue(page.contains("`" + attribute.getName() + "`"), attribute + " of " + shown);
        }
    }

    /** Whether or not the application closes its rooms, nothing of it stays in JMX. */
    @Test
    void roomsAreShownWhileAServletRuns() throws Exception {
        ObjectName name = new ObjectName("io.twintrace.websocket:type=Rooms,name=\"not closed\"");
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try (Rooms rooms = Rooms.inMemory("not closed")) {
            try (TestServer server = serving()) {
                assertTrue(beans.isRegistered(name), () -> rooms + " at " + server.uri());
            }
            assertFalse(beans.isRegistered(name));
        }
    }

    @Test
    void everyEventAndItsFieldsAreExplained() throws Exception {
        String page = Files.readString(PAGE);
        try (Recording recording = new Recording();
                TestServer server = serving();
                RawClient client = RawClient.open(server.port(), "/chat/room")) {
            recording.start();
            for (String event : Set.of(
                    "ConnectionOpened", "ConnectionClosed", "HandshakeRefused", "SlowPeerClosed", "PingRoundTrip")) {
                Class.forName("io.twintrace.websocket.internal.jfr." + event + "Event");
            }
            client.send(RawClient.close(1000));
            client.readToClose();
            Set<String> found = new TreeSet<>();
            for (EventType type : FlightRecorder.getFlightRecorder().getEventTypes()) {
                if (!type.getName().startsWith("twintrace.") || type.getName().endsWith("ConcurrentWrite")) {
                    continue;
                }
                found.add(type.getName());
                assertTrue(page.contains("`" + type.getName() + "`"), type::getName);
                for (String field : type.getFields().stream()
                        .map(ValueDescriptor::getName)
                        .filter(each -> !OF_EVERY_EVENT.contains(each))
                        .collect(Collectors.toSet())) {
                    assertTrue(page.contains("`" + field + "`"), () -> type.getName() + "." + field);
                }
            }
            assertEquals(5, found.size(), found::toString);
        }
    }
}
