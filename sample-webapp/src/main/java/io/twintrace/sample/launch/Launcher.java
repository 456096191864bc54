package io.twintrace.sample.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * The main class of the WAR. Unpacks Jetty from WEB-INF/jetty, and starts it with the WAR, like any other Jetty. Uses
 * only the JDK.
 */
public final class Launcher {
    /** The jars of the server, and those of the application that it needs as well. */
    private static final Pattern SERVER_JAR =
            Pattern.compile("WEB-INF/(jetty/|lib/adapter-jetty-|lib/slf4j-api-).*\\.jar");

    private static final String USAGE = """
            usage: java -jar sample-webapp.war [--port N] [--redis URI] [--deflate] [--help]
              --port N     listens on port N; 8080 by default, 0 for any free port
              --redis URI  joins the chat and the broadcasts of all nodes with the same Redis, as in
                           redis://localhost:6379
              --deflate    lets /echo and /echo/push negotiate permessage-deflate, as /echo/deflate does
              --help       prints this help""";

    private Launcher() {}

    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        Arguments arguments = null;
        try {
            arguments = Arguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("invalid arguments: " + e.getMessage() + System.lineSeparator() + USAGE);
            System.exit(2);
        }
        Path war = Path.of(Launcher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path work = Files.createTempDirectory("twintrace-sample-");
        Thread delete = new Thread(() -> delete(work), "delete-" + work.getFileName());
        Runtime.getRuntime().addShutdownHook(delete);
        List<URL> classPath = unpackJetty(war, work);
        classPath.add(war.toUri().toURL());
        // Not a child of the class loader of java -jar, because that finds the server's class but not Jetty.
        ClassLoader jetty = new URLClassLoader(classPath.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
        Thread.currentThread().setContextClassLoader(jetty);
        Class.forName("io.twintrace.sample.launch.JettyServer", true, jetty)
                .getMethod("run", Path.class, Path.class, int.class, boolean.class, String.class, Thread.class)
                .invoke(null, war, work, arguments.port(), arguments.deflate(), arguments.redis(), delete);
    }

    /** @param redis null for none */
    private record Arguments(int port, boolean deflate, String redis) {
        private static final int DEFAULT_PORT = 8080;
        private static final int MAX_PORT = 65535;

        /** Names an option that is wrong, but no value, which may hold a password. */
        static Arguments parse(String[] args) {
            int port = DEFAULT_PORT;
            boolean deflate = false;
            String redis = null;
            for (int i = 0; i < args.length; i++) {
                if (args[i].equals("--deflate")) {
                    deflate = true;
                } else if (args[i].equals("--port")) {
                    port = port(i + 1 < args.length ? args[++i] : "");
                } else if (args[i].equals("--redis")) {
                    redis = redis(i + 1 < args.length ? args[++i] : "");
                } else {
                    throw new IllegalArgumentException(
                            args[i].matches("--[a-z]+") ? args[i] + " is no option" : "a value without its option");
                }
            }
            return new Arguments(port, deflate, redis);
        }

        private static int port(String value) {
            int port = value.matches("\\d{1,5}") ? Integer.parseInt(value) : -1;
            if (port < 0 || port > MAX_PORT) {
                throw new IllegalArgumentException("--port needs a number from 0 to " + MAX_PORT);
            }
            return port;
        }

        private static String redis(String value) {
            if (!value.matches("rediss?://.+")) {
                throw new IllegalArgumentException("--redis needs a URI that begins with redis:// or rediss://");
            }
            return value;
        }
    }

    private static List<URL> unpackJetty(Path war, Path work) throws IOException {
        List<URL> jars = new ArrayList<>();
        try (JarFile file = new JarFile(war.toFile())) {
            for (JarEntry entry : Collections.list(file.entries())) {
                if (SERVER_JAR.matcher(entry.getName()).matches()) {
                    Path jar = work.resolve(Path.of(entry.getName()).getFileName());
                    try (InputStream in = file.getInputStream(entry)) {
                        Files.copy(in, jar);
                    }
                    jars.add(jar.toUri().toURL());
                }
            }
        }
        return jars;
    }

    private static void delete(Path directory) {
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                /** Jetty deletes its own part of the directory at the same time. */
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            System.err.println("cannot delete " + directory + ": " + e);
        }
    }
}
