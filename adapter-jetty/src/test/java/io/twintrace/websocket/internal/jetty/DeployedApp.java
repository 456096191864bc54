package io.twintrace.websocket.internal.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.jetty.WebApp;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;

/**
 * A Jetty with a web application that has its own copy of the library, as in a WAR, and from which Jetty hides its
 * classes. Each servlet is named after its handler.
 */
final class DeployedApp implements AutoCloseable {
    /** Returns what it gets. */
    public static final class Echo implements WebSocketHandler {
        @Override
        public void handle(BlockingConnection connection) throws Exception {
            for (Message m; (m = connection.readMessage()) != null; ) {
                connection.writeMessage(m.type(), m.payload());
            }
        }
    }

    /** The same, with a listener. */
    public static final class Push implements WebSocketListener {
        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
            connection.writeMessage(message);
        }
    }

    /** Two threads write until they collide. */
    public static final class Race implements WebSocketHandler {
        @Override
        public void handle(BlockingConnection connection) throws Exception {
            new Thread(() -> {
                        try {
                            writeForEver(connection);
                        } catch (IOException | RuntimeException e) {
                            // The handler throws as well.
                        }
                    })
                    .start();
            writeForEver(connection);
        }

        private static void writeForEver(WebSocketConnection connection) throws IOException {
            while (true) {
                connection.writeMessage("x");
            }
        }
    }

    /** Sees all but this library, of which the application has its own copy. */
    private static final class Parent extends ClassLoader {
        private Parent() {
            super(DeployedApp.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("io.twintrace.")) {
                throw new ClassNotFoundException(name);
            }
            return super.loadClass(name, resolve);
        }

        @Override
        public URL getResource(String name) {
            return name.startsWith("io/twintrace/") ? null : super.getResource(name);
        }
    }

    private static final List<Class<?>> SERVED = List.of(Echo.class, Push.class, Race.class);

    private final Path directory;
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final ContextHandlerCollection contexts = new ContextHandlerCollection();
    private WebAppContext context;

    /** Starts the server, and makes the application in an empty directory. */
    DeployedApp(Path directory) throws Exception {
        this.directory = directory;
        copy(location(UpgradeServlet.class));
        copy(location(JettyHandover.class));
        StringBuilder servlets = new StringBuilder();
        for (Class<?> each : SERVED) {
            WebApp.copyClass(each, directory);
            servlets.append(servlet(each));
        }
        Files.writeString(directory.resolve("WEB-INF/web.xml"), """
                <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
                %s
                </web-app>
                """.formatted(servlets));
        server.addConnector(connector);
        server.setHandler(contexts);
        server.start();
    }

    private static URI location(Class<?> type) throws URISyntaxException {
        return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    }

    /** A jar, or a directory of classes if nothing has been packaged. */
    private void copy(URI library) throws IOException {
        Path from = Path.of(library);
        if (Files.isDirectory(from)) {
            copyTree(from, directory.resolve("WEB-INF/classes"));
        } else {
            Path lib = Files.createDirectories(directory.resolve("WEB-INF/lib"));
            Files.copy(from, lib.resolve(from.getFileName()));
        }
    }

    private static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(each).toString());
                Files.createDirectories(target.getParent());
                Files.copy(each, target, StandardCopyOption.REPLACE_EXISTING); // each module has the license
            }
        }
    }

    private static String path(Class<?> handler) {
        return "/" + handler.getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String servlet(Class<?> handler) {
        return """
                <servlet>
                  <servlet-name>%1$s</servlet-name>
                  <servlet-class>%2$s</servlet-class>
                  <init-param><param-name>handler</param-name><param-value>%3$s</param-value></init-param>
                  <init-param><param-name>close-timeout</param-name><param-value>100ms</param-value></init-param>
                  <load-on-startup>1</load-on-startup>
                </servlet>
                <servlet-mapping>
                  <servlet-name>%1$s</servlet-name>
                  <url-pattern>%4$s</url-pattern>
                </servlet-mapping>
                """.formatted(handler.getSimpleName(), UpgradeServlet.class.getName(), handler.getName(), path(handler));
    }

    /** Deploys the application, shown some of Jetty's classes. */
    void deploy(String... shown) throws Exception {
        context = WebApp.in(directory);
        context.setClassLoader(new Parent()); // Jetty makes it the parent of the application's own
        context.getHiddenClassMatcher().exclude(shown);
        contexts.addHandler(context);
        context.start();
    }

    void undeploy() throws Exception {
        context.stop();
        contexts.removeHandler(context);
        context = null;
    }

    /** The application's class loader. */
    ClassLoader classLoader() {
        return context.getClassLoader();
    }

    RawClient open(Class<?> handler) throws IOException {
        return RawClient.open(connector.getLocalPort(), path(handler));
    }

    /** The same, and the server has taken the connection over. */
    RawClient openAndEcho(Class<?> handler) throws IOException {
        RawClient client = open(handler);
        client.send(RawClient.text("hello"));
        assertEquals("hello", client.read().text());
        return client;
    }

    /** The loader of the classes that serve open connections. */
    List<ClassLoader> connectionLoaders() {
        return connector.getConnectedEndPoints().stream()
                .map(EndPoint::getConnection)
                .filter(each -> each.getClass().getName().startsWith("io.twintrace."))
                .map(each -> each.getClass().getClassLoader())
                .distinct()
                .toList();
    }

    @Override
    public void close() {
        try {
            if (context != null) {
                undeploy(); // the server stops only what was there when it started
            }
            server.stop();
        } catch (Exception e) {
            throw new AssertionError("the server did not stop", e);
        }
    }
}
