package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A proxy in front of two nodes, in its own process, with the configuration of docs/operations.md. */
public final class ReverseProxy implements AutoCloseable {
    private static final Path PAGE = Path.of("../docs/operations.md");
    private static final String REQUIRED = "twintrace.proxies.required";
    private static final int STOP_PATIENCE_SECONDS = 10;

    /** By default these are in directories of root. */
    private static final String NGINX_FILES = """
                access_log access.log;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
            """;

    private final int port;
    private final Process process;
    private final Path log;

    /** Ends the children of nginx as well, which a kill would not. */
    private final Thread terminator;

    private ReverseProxy(int port, Path directory, List<String> command) throws IOException {
        this.port = port;
        log = directory.resolve("output.log");
        process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        terminator = new Thread(process::destroy, "end-proxy-" + process.pid());
        Runtime.getRuntime().addShutdownHook(terminator);
    }

    /** Starts HAProxy in front of two ports of this machine. Skips the test where there is none. */
    public static ReverseProxy haproxy(int one, int two) throws Exception {
        return haproxy(listing("haproxy"), one, two);
    }

    /** The same with a changed {@link #listing}. */
    static ReverseProxy haproxy(Listing listing, int one, int two) throws Exception {
        String program = installed("haproxy", "haproxy");
        int port = RedisServer.freePort();
        Path directory = Servers.directory("haproxy");
        Path file = directory.resolve("haproxy.cfg");
        Files.writeString(
                file,
                listing.nodes(one, two)
                        .with("bind :80", "bind 127.0.0.1:" + port)
                        .with("default-server", "timeout check 10s\n    default-server") // a node may be held up
                        .text());
        return started(port, directory, program, "-db", "-f", file.toString());
    }

    /** Starts nginx in front of two ports of this machine. Skips the test where there is none. */
    public static ReverseProxy nginx(int one, int two) throws Exception {
        return nginx(listing("nginx"), one, two);
    }

    /** The same with a changed {@link #listing}. */
    static ReverseProxy nginx(Listing listing, int one, int two) throws Exception {
        String program = installed("nginx", "nginx-light");
        int port = RedisServer.freePort();
        Path directory = Servers.directory("nginx");
        Path file = directory.resolve("nginx.conf");
        Files.writeString(
                file,
                listing.nodes(one, two)
                        .with("listen 80;", "listen 127.0.0.1:" + port + ";")
                        .with("http {\n", "http {\n" + NGINX_FILES)
                        .text());
        // Its workers would otherwise run as a user that may not use the directories of root.
        String globals = "daemon off; pid nginx.pid; user " + System.getProperty("user.name") + ";";
        return started(
                port,
                directory,
                program,
                "-p",
                directory.toString(),
                "-c",
                file.toString(),
                "-e",
                "stderr",
                "-g",
                globals);
    }

    private static ReverseProxy started(int port, Path directory, String... command) throws Exception {
        ReverseProxy proxy = new ReverseProxy(port, directory, List.of(command));
        try {
            Await.until(command[0] + " to listen, in " + directory, proxy::listens, listens -> listens);
        } catch (Exception | AssertionError e) {
            proxy.close();
            throw e;
        }
        return proxy;
    }

    private boolean listens() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("the proxy has ended: " + log());
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Debian has both in a directory that is on the path of root only. */
    private static String installed(String program, String debianPackage) {
        Optional<Path> found = Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":", -1))
                .map(each -> Path.of(each).resolve(program))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(
                found.isPresent() || Boolean.getBoolean(REQUIRED),
                () -> "skipped: " + program + " is missing (Debian: " + debianPackage + "); -D" + REQUIRED
                        + "=true makes this an error");
        return found.map(Path::toString).orElse(program);
    }

    /** The configuration that the page has in that language. */
    static Listing listing(String language) throws IOException {
        Matcher found = Pattern.compile("(?s)```" + language + "\\n(.*?)```").matcher(Files.readString(PAGE));
        if (!found.find()) {
            throw new IOException(PAGE + " has no configuration for " + language);
        }
        return new Listing(found.group(1));
    }

    /** A configuration to change in a few places. */
    record Listing(String text) {
        /** Fails if that is not there. */
        Listing with(String what, String replacement) {
            if (!text.contains(what)) {
                throw new AssertionError("the configuration has no \"" + what + "\": " + text);
            }
            return new Listing(text.replace(what, replacement));
        }

        private Listing nodes(int one, int two) {
            return with("10.0.0.11:8080", "127.0.0.1:" + one).with("10.0.0.12:8080", "127.0.0.1:" + two);
        }
    }

    public int port() {
        return port;
    }

    public URI http(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    public URI ws(String path) {
        return URI.create("ws://localhost:" + port + path);
    }

    /** What it has logged so far. */
    String log() throws IOException {
        return ServerProcess.read(log);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(STOP_PATIENCE_SECONDS, TimeUnit.SECONDS).join();
        Runtime.getRuntime().removeShutdownHook(terminator);
    }
}
