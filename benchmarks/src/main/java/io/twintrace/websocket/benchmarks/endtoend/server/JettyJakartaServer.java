package io.twintrace.websocket.benchmarks.endtoend.server;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;

/** Jakarta WebSocket on Jetty. */
final class JettyJakartaServer implements TestServer {
    /** Takes the message limit. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new JettyJakartaServer());
    }

    @Override
    public int start(int messageLimit) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        JakartaWebSocketServletContainerInitializer.configure(
                context, (servletContext, container) -> configure(container, messageLimit));
        return JettyConnector.start(JettyConnector.newServer(), context);
    }

    private static void configure(ServerContainer container, int messageLimit) throws DeploymentException {
        container.setDefaultMaxSessionIdleTimeout(TimeUnit.MINUTES.toMillis(IDLE_MINUTES));
        container.setDefaultMaxTextMessageBufferSize(messageLimit);
        container.setDefaultMaxBinaryMessageBufferSize(messageLimit);
        container.addEndpoint(JakartaEcho.class);
        container.addEndpoint(JakartaBroadcast.class);
    }
}
