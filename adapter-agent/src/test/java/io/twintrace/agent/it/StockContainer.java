package io.twintrace.agent.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The containers as they are downloaded, with the agent where docs/existing-applications.md puts it. */
enum StockContainer {
    TOMCAT_11("tomcat.home"),
    TOMCAT_10("tomcat10.home"),
    JETTY("jetty.home") {
        @Override
        ContainerProcess start(Path base, String agent) throws Exception {
            String start = home().resolve("start.jar").toString();
            Java.Result modules = Java.run(
                    "-jar",
                    start,
                    "jetty.base=" + base,
                    "--add-modules=http,ee10-deploy,ee10-websocket-jakarta",
                    "--approve-all-licenses");
            if (modules.exit() != 0) {
                throw new IOException(modules.output());
            }
            Files.writeString(base.resolve("start.d/agent.ini"), "--exec\n" + agent + "\n");
            ProcessBuilder command =
                    new ProcessBuilder(Java.program(), "-jar", start, "jetty.http.host=127.0.0.1", "jetty.http.port=0");
            return ContainerProcess.start(command.directory(base.toFile()), JETTY_PORT);
        }
    };

    private static final Pattern TOMCAT_PORT = Pattern.compile("Starting ProtocolHandler \\[\"http-nio-.*-(\\d+)\"]");
    private static final Pattern JETTY_PORT = Pattern.compile("Started (?:oejs\\.)?ServerConnector.*:(\\d+)}");

    private final String property;

    /** @param property a system property with the directory */
    StockContainer(String property) {
        this.property = property;
    }

    final Path home() {
        return Path.of(System.getProperty(property));
    }

    /** Returns where to put a WAR that is to be the root application. */
    static Path rootWar(Path base) throws IOException {
        return Files.createDirectories(base.resolve("webapps")).resolve("ROOT.war");
    }

    /**
     * Starts it, and waits until it listens.
     *
     * @param base a directory of its own; configuration that is there already stays
     * @param agent the option of the JVM
     */
    ContainerProcess start(Path base, String agent) throws Exception {
        Path conf = Files.createDirectories(base.resolve("conf"));
        try (Stream<Path> files = Files.list(home().resolve("conf"))) {
            for (Path each : files.toList()) {
                Path copy = conf.resolve(each.getFileName());
                if (Files.notExists(copy)) {
                    Files.copy(each, copy);
                }
            }
        }
        Path serverXml = conf.resolve("server.xml");
        Files.writeString(
                serverXml,
                Files.readString(serverXml)
                        .replace("<Server port=\"8005\"", "<Server port=\"-1\"")
                        // It would meet what the manager deploys. At the start all is deployed nevertheless.
                        .replace("autoDeploy=\"true\"", "autoDeploy=\"false\"")
                        .replace("<Connector port=\"8080\"", "<Connector address=\"127.0.0.1\" port=\"0\""));
        Files.createDirectory(base.resolve("temp"));
        Files.writeString(
                Files.createDirectory(base.resolve("bin")).resolve("setenv.sh"),
                "CATALINA_OPTS=\"$CATALINA_OPTS " + agent + "\"\n");
        ProcessBuilder command = new ProcessBuilder(
                "sh",
                "-c",
                "exec sh \"$0\" run",
                home().resolve("bin/catalina.sh").toString());
        command.environment()
                .putAll(Map.of(
                        "JAVA_HOME", Java.home(),
                        "CATALINA_HOME", home().toString(),
                        "CATALINA_BASE", base.toString()));
        return ContainerProcess.start(command, TOMCAT_PORT);
    }

    /** Returns whether it writes log files, and not only to standard error. */
    boolean writesLogFiles() {
        return this != JETTY;
    }

    /** Returns the lines of the log files, once the container has ended. */
    static List<String> logFiles(Path base) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(base.resolve("logs"))) {
            for (Path each : files.sorted().toList()) {
                all.append(Files.readString(each));
            }
        }
        return all.toString().lines().toList();
    }
}
