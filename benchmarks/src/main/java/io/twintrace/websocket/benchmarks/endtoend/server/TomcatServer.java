package io.twintrace.websocket.benchmarks.endtoend.server;

import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.websocket.server.ServerContainer;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/** Jakarta WebSocket on Tomcat. */
final class TomcatServer implements TestServer {
    /** Takes the message limit. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new TomcatServer());
    }

    @Override
    public int start(int messageLimit) throws Exception {
        return TomcatConnector.start(context -> addEndpoints(context, messageLimit));
    }

    private static void addEndpoints(Context context, int messageLimit) {
        context.addServletContainerInitializer(
                (classes, servletContext) -> servletContext.addListener(new Limits(messageLimit)), Set.of());
        context.addServletContainerInitializer(new WsSci(), Set.of(JakartaEcho.class, JakartaBroadcast.class));
        // Tomcat calls its filter for upgrades only if a servlet is behind it.
        Tomcat.addServlet(context, "nothing", new HttpServlet() {
            private static final long serialVersionUID = 1L;
        });
        context.addServletMappingDecoded("/", "nothing");
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
