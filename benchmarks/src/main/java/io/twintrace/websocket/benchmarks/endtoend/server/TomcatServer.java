package io.twintrace.websocket.benchmarks.endtoend.server;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.websocket.server.ServerContainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/** Jakarta WebSocket on Tomcat. */
final class TomcatServer implements TestServer {
    private static final String MAX_CONNECTIONS = "20000";

    /** Takes the message limit. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new TomcatServer());
    }

    @Override
    public int start(int messageLimit) throws Exception {
        Path base = Files.createTempDirectory("end-to-end-tomcat-");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxConnections", MAX_CONNECTIONS); // 8192 by default
        connector.setProperty("acceptCount", Integer.toString(ACCEPT_QUEUE));
        tomcat.setConnector(connector);

        Context context = tomcat.addContext("", base.toString());
        context.addServletContainerInitializer(
                (classes, servletContext) -> servletContext.addListener(new Limits(messageLimit)), Set.of());
        context.addServletContainerInitializer(new WsSci(), Set.of(JakartaEcho.class, JakartaBroadcast.class));
        // Tomcat calls its filter for upgrades only if a servlet is behind it.
        Tomcat.addServlet(context, "nothing", new HttpServlet() {
            private static final long serialVersionUID = 1L;
        });
        context.addServletMappingDecoded("/", "nothing");
        tomcat.start();
        base.toFile().deleteOnExit();
        return connector.getLocalPort();
    }

    /** Every session allocates buffers of its full limit at once. */
    private record Limits(int messageLimit) implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            ServerContainer container =
                    (ServerContainer) event.getServletContext().getAttribute(ServerContainer.class.getName());
            container.setDefaultMaxTextMessageBufferSize(messageLimit);
            container.setDefaultMaxBinaryMessageBufferSize(messageLimit);
        }
    }
}
