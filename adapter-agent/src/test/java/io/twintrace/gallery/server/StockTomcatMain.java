package io.twintrace.gallery.server;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.catalina.startup.Bootstrap;

/** Starts the Tomcat of {@code -Dcatalina.home} with its own applications, on any port of the loopback interface. */
public final class StockTomcatMain {
    private StockTomcatMain() {}

    public static void main(String[] args) throws Exception {
        Path home = Path.of(System.getProperty("catalina.home"));
        System.setProperty("catalina.base", base(home).toString());
        Bootstrap tomcat = new Bootstrap();
        tomcat.init();
        tomcat.start();
        Listening.on(port());
    }

    /** Returns a new base with the configuration of the distribution, but for the ports. */
    private static Path base(Path home) throws Exception {
        Path base = Files.createTempDirectory(Path.of(System.getProperty("java.io.tmpdir")), "stock-tomcat-");
        Path configuration = Files.createDirectory(base.resolve("conf"));
        try (Stream<Path> files = Files.list(home.resolve("conf"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, configuration.resolve(file.getFileName()));
            }
        }
        Path server = configuration.resolve("server.xml");
        Files.writeString(
                server,
                Files.readString(server)
                        .replace("port=\"8005\"", "port=\"-1\"")
                        .replace("port=\"8080\"", "port=\"0\" address=\"" + Listening.HOST + '"')
                        .replace("appBase=\"webapps\"", "appBase=\"" + home.resolve("webapps") + '"'));
        return base;
    }

    /** Asks by JMX, since the classes of the server are not those of this class path. */
    private static int port() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName connector = beans.queryNames(new ObjectName("Catalina:type=Connector,*"), null)
                .iterator()
                .next();
        return (Integer) beans.getAttribute(connector, "localPort");
    }
}
