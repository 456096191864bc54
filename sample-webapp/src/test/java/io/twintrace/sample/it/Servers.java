package io.twintrace.sample.it;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The ways to run the WAR, each with a heap of 256 MB and on a port that the system chooses. */
public final class Servers {
    public static final Path WAR = Path.of(System.getProperty("sample.war"));
    static final Path TARGET = Path.of(System.getProperty("sample.target"));

    private static final String JETTY_START =
            Path.of(System.getProperty("jetty.home"), "start.jar").toString();
    private static final Path TOMCAT_HOME = Path.of(System.getProperty("tomcat.home"));
    private static final Path TOMCAT_10_HOME = Path.of(System.getProperty("tomcat10.home"));
    static final String HEAP = "-Xmx256m";

    /** In a jetty.base. */
    static final String JETTY_WAR = "webapps/ROOT.war";

    private static final Pattern WAR_PORT = Pattern.compile("http://localhost:(\\d+)/");
    private static final Pattern JETTY_PORT =
            Pattern.compile("(?s)Started (?:oejs\\.)?ServerConnector[^\\n]*:(\\d+)}.*Started oejs\\.Server@");

    private Servers() {}

    /** {@code java -jar sample-webapp.war --port 0}, and more options. */
    public static SampleServer javaJar(String name, Path war, String... options) throws Exception {
        ServerProcess process = startJavaJar(directory(name), war, options);
        return SampleServer.await(name, process, WAR_PORT, "", process::output);
    }

    static ServerProcess startJavaJar(Path directory, Path war, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(ServerProcess.java(), HEAP, "-jar", war.toString()));
        command.addAll(List.of("--port", "0"));
        command.addAll(List.of(options));
        return ServerProcess.start(directory, Map.of(), command);
    }

    /** A stock jetty-home with a new jetty.base, the WAR as its root application. */
    public static SampleServer jettyHome(String name, Path war) throws Exception {
        return jettyHome(name, war, "http,ee10-deploy");
    }

    /** With other modules. */
    public static SampleServer jettyHome(String name, Path war, String modules) throws Exception {
        Path base = jettyBase(name, modules);
        Files.copy(war, base.resolve(JETTY_WAR));
        return startJettyHome(name, base, "");
    }

    /** A stock jetty-home that looks every second whether the WAR has changed. */
    static SampleServer jettyHomeWithScanner(String name, Path war, String modules) throws Exception {
        Path base = jettyBase(name, modules);
        Files.copy(war, base.resolve(JETTY_WAR));
        return startJettyHome(name, base, "", "jetty.deploy.scanInterval=1");
    }

    /** With two environments, and the WAR once in each, as the application of that name. */
    static SampleServer jettyHomeWithEe10AndEe11(String name, Path war) throws Exception {
        Path base = jettyBase(name, "http,ee10-deploy,ee11-deploy");
        for (String environment : List.of("ee10", "ee11")) {
            Files.copy(war, base.resolve("webapps/" + environment + ".war"));
            Files.writeString(base.resolve("webapps/" + environment + ".properties"), "environment=" + environment);
        }
        return startJettyHome(name, base, "/ee10");
    }

    private static Path jettyBase(String name, String modules) throws Exception {
        Path base = directory(name);
        try (ServerProcess setup = ServerProcess.start(
                base,
                Map.of(),
                List.of(
                        ServerProcess.java(),
                        "-jar",
                        JETTY_START,
                        "--add-modules=" + modules,
                        "--approve-all-licenses"))) {
            if (setup.awaitExit() != 0) {
                throw new IOException("jetty.base could not be made: " + setup.output());
            }
        }
        return base;
    }

    private static SampleServer startJettyHome(String name, Path base, String contextPath, String... properties)
            throws Exception {
        List<String> command =
                new ArrayList<>(List.of(ServerProcess.java(), HEAP, "-jar", JETTY_START, "jetty.http.port=0"));
        command.addAll(List.of(properties));
        ServerProcess process = ServerProcess.start(base, Map.of(), command);
        return SampleServer.await(name, process, JETTY_PORT, contextPath, process::output);
    }

    /** A stock Tomcat with a CATALINA_BASE of its own, the WAR under its own name. */
    public static SampleServer tomcat(String name, Path war) throws Exception {
        return tomcatBase(name).deploy(war).start(name);
    }

    /** The same with Tomcat 10.1. */
    public static SampleServer tomcat10(String name, Path war) throws Exception {
        return tomcat10Base(name).deploy(war).start(name);
    }

    /** A Tomcat whose process may open so many files. */
    static SampleServer tomcat(String name, Path war, String files) throws Exception {
        return tomcatBase(name).deploy(war).openFiles(files).start(name);
    }

    /** A stock Tomcat, as {@link TomcatBase} prepares it. */
    static TomcatBase tomcatBase(String name) throws Exception {
        return new TomcatBase(TOMCAT_HOME, directory(name));
    }

    static TomcatBase tomcat10Base(String name) throws Exception {
        return new TomcatBase(TOMCAT_10_HOME, directory(name));
    }

    /** Undertow's servlet container, embedded in a program that reads the WAR's web.xml for it. */
    public static SampleServer undertow(String name, Path war) throws Exception {
        return UndertowMain.start(name, war);
    }

    /** A stock WildFly with a base directory of its own. The profile "containers" downloads it. */
    public static SampleServer wildFly(String name, Path war) throws Exception {
        return WildFly.start(name, war);
    }

    /** A new directory below target/it. It stays there for later inspection. */
    public static Path directory(String name) throws IOException {
        Path parent = Files.createDirectories(TARGET.resolve("it"));
        return Files.createTempDirectory(parent, name + "-");
    }

    /** Copies a directory with all that is in it, also from one file system to another. */
    static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(directory).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
