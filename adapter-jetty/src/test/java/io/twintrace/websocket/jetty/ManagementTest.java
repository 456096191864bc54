package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.servlet.UpgradeServlet;
import java.lang.management.ManagementFactory;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;

/**
 * The MXBean of conflicts exists as long as a servlet of its application runs, and keeps nothing in memory after that.
 */
class ManagementTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

    private static Set<ObjectName> beans(String application) throws Exception {
        return SERVER.queryNames(
                new ObjectName("io.twintrace.websocket:type=ConcurrentWrites,application=\"" + application + "\",*"),
                null);
    }

    @Test
    void theBeanIsThereWhileAServletRuns() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/managed");
        JettyWebSockets.add(context, "/one", TestServer::echo);
        JettyWebSockets.add(context, "/two", TestServer::echo, WebSocketOptions.defaults());
        try (TestServer server = new TestServer(context).start()) {
            assertEquals(1, beans("/managed").size());
            ObjectName bean = beans("/managed").iterator().next();
            assertTrue((long) SERVER.getAttribute(bean, "Detected") >= 0);
            server.stop();
            assertEquals(Set.of(), beans("/managed"));
        }
    }

    @Test
    void aServletThatFailsToStartLeavesNoBean() {
        ServletContextHandler context = new ServletContextHandler("/unmanaged");
        ServletHolder holder = new ServletHolder(new UpgradeServlet(TestServer::echo) {
            private static final long serialVersionUID = 1L;

            @Override
            protected void started() {
                throw new IllegalStateException("the application's own mistake");
            }
        });
        holder.setInitOrder(0);
        context.addServlet(holder, "/ws");
        try (TestServer server = new TestServer(context)) {
            assertThrows(Exception.class, server::start);
            assertEquals(Set.of(), beans("/unmanaged"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
