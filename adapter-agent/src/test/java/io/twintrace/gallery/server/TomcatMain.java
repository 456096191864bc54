package io.twintrace.gallery.server;

import io.twintrace.gallery.jakarta.GalleryDeployment;
import jakarta.servlet.http.HttpServlet;
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
        Tomcat tomcat = create(base);
        deploy(tomcat.addContext("", base.toString()));
        tomcat.start();
        Listening.on(tomcat.getConnector().getLocalPort());
    }

    /** Creates one that listens on a port of the system's choice. */
    static Tomcat create(Path base) {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", Listening.HOST);
        tomcat.setConnector(connector);
        return tomcat;
    }

    private static void deploy(Context context) {
        context.addServletContainerInitializer(
                (classes, servletContext) -> servletContext.addListener(new GalleryDeployment()), Set.of());
        context.addServletContainerInitializer(new WsSci(), Set.of());
        // Tomcat calls its filter for upgrades only if a servlet is behind it.
        Tomcat.addServlet(context, "nothing", new HttpServlet() {
            private static final long serialVersionUID = 1L;
        });
        context.addServletMappingDecoded("/", "nothing");
    }
}
