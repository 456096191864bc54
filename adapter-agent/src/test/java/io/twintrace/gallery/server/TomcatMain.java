package io.twintrace.gallery.server;

import io.twintrace.gallery.jakarta.GalleryEndpoint;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;

/** Serves the gallery on Tomcat. */
public final class TomcatMain {
    private TomcatMain() {}

    public static void main(String[] args) throws Exception {
        Path base = Files.createTempDirectory("gallery-tomcat-");
        base.toFile().deleteOnExit();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", Listening.HOST);
        tomcat.setConnector(connector);
        deploy(tomcat.addContext("", base.toString()));
        tomcat.start();
        Listening.on(connector.getLocalPort());
    }

    private static void deploy(Context context) {
        context.addServletContainerInitializer(
                (classes, servletContext) -> servletContext.addListener(new Endpoints()), Set.of());
        context.addServletContainerInitializer(new WsSci(), Set.of());
        // Tomcat calls its filter for upgrades only if a servlet is behind it.
        Tomcat.addServlet(context, "nothing", new HttpServlet() {
            private static final long serialVersionUID = 1L;
        });
        context.addServletMappingDecoded("/", "nothing");
    }

    /** Adds them once Tomcat's own initializer has run. */
    private static final class Endpoints implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            ServerContainer container =
                    (ServerContainer) event.getServletContext().getAttribute(ServerContainer.class.getName());
            try {
                for (ServerEndpointConfig config : GalleryEndpoint.configs()) {
                    container.addEndpoint(config);
                }
            } catch (DeploymentException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
