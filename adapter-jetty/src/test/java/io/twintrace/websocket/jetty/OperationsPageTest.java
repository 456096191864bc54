package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    void everyAttributeOfTheBeanIsExplained() throws Exception {
        String page = Files.readString(PAGE);
        String name = "io.twintrace.websocket:type=Connections,application=\"/chat\",servlet=\"rooms\"";
        assertTrue(page.contains(name));
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        try (TestServer server = serving()) {
            for (MBeanAttributeInfo attribute :
                    beans.getMBeanInfo(new ObjectName(name)).getAttributes()) {
                assertTrue(page.contains("`" + attribute.getName() + "`"), attribute + " on " + server.uri());
            }
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
