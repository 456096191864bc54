package io.twintrace.sample.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** A CATALINA_BASE for a stock Tomcat: its configuration, on a port that the system chooses, and what to deploy. */
final class TomcatBase {
    static final String MANAGER_USER = "tester";
    static final String MANAGER_PASSWORD = "on-loopback-only";

    private static final Pattern PORT =
            Pattern.compile("(?s)Starting ProtocolHandler \\[\"http-nio-auto-\\d+-(\\d+)\"].*Server startup in");

    private final Path home;
    private final Path base;
    private String beforeStart = "";

    TomcatBase(Path home, Path base) throws IOException {
        this.home = home;
        this.base = base;
        Servers.copy(home.resolve("conf"), base.resolve("conf"));
        for (String directory : List.of("logs", "temp", "webapps", "work")) {
            Files.createDirectory(base.resolve(directory));
        }
        Path serverXml = base.resolve("conf/server.xml");
        Files.writeString(
                serverXml,
                Files.readString(serverXml)
                        .replace("<Server port=\"8005\"", "<Server port=\"-1\"")
                        .replace("<Connector port=\"8080\"", "<Connector port=\"0\""));
    }

    /** Adds the sample under its own name. */
    TomcatBase deploy(Path war) throws IOException {
        Files.copy(war, base.resolve("webapps/sample-webapp.war"));
        return this;
    }

    /** Adds Tomcat's manager, which deploys and undeploys while Tomcat runs, with a user for it. */
    TomcatBase manager() throws IOException {
        Servers.copy(home.resolve("webapps/manager"), base.resolve("webapps/manager"));
        Files.writeString(base.resolve("conf/tomcat-users.xml"), """
                <tomcat-users xmlns="http://tomcat.apache.org/xml" version="1.0">
                  <user username="%s" password="%s" roles="manager-script"/>
                </tomcat-users>
                """.formatted(MANAGER_USER, MANAGER_PASSWORD));
        return this;
    }

    /** Adds a valve to the host. */
    TomcatBase valve(String xml) throws IOException {
        Path serverXml = base.resolve("conf/server.xml");
        Files.writeString(serverXml, Files.readString(serverXml).replace("</Host>", xml + "</Host>"));
        return this;
    }

    /** Limits the files that the process may open. */
    TomcatBase openFiles(String limit) {
        beforeStart = "ulimit -n " + limit + "; ";
        return this;
    }

    SampleServer start(String name) throws Exception {
        Map<String, String> environment = Map.of(
                "JAVA_HOME", System.getProperty("java.home"),
                "CATALINA_HOME", home.toString(),
                "CATALINA_BASE", base.toString(),
                "CATALINA_OPTS", Servers.HEAP);
        ServerProcess process = ServerProcess.start(
                base,
                environment,
                List.of(
                        "sh",
                        "-c",
                        beforeStart + "exec sh \"$0\" run",
                        home.resolve("bin/catalina.sh").toString()));
        return SampleServer.await(
                name, process, PORT, "/sample-webapp", () -> ServerProcess.readAll(base.resolve("logs")));
    }
}
