package io.twintrace.websocket.benchmarks.endtoend.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** A Tomcat on a free port of the loopback interface. */
final class TomcatConnector {
    private static final String MAX_CONNECTIONS = "20000";

    private TomcatConnector() {}

    /** Starts it, and returns the port. */
    static int start(Consumer<Context> application) throws Exception {
        Path base = Files.createTempDirectory("end-to-end-tomcat-");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("maxConnections", MAX_CONNECTIONS); // 8192 by default
        connector.setProperty("acceptCount", Integer.toString(TestServer.ACCEPT_QUEUE));
        tomcat.setConnector(connector);
        application.accept(tomcat.addContext("", base.toString()));
        tomcat.start();
        base.toFile().deleteOnExit();
        return connector.getLocalPort();
    }
}
