package io.twintrace.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.JdkClient;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The listings of docs/rooms.md compile, and do what the page says. */
class RoomsPageTest {
    private static final Pattern JAVA = Pattern.compile("(?s)```java\n(package .*?)```");
    private static final Pattern CLASS = Pattern.compile("(?m)^public (?:final )?class (\\w+)");

    @TempDir
    private Path directory;

    private URLClassLoader loader;
    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server);

    @BeforeEach
    void compile() throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-d", directory.toString(), "-classpath", System.getProperty("java.class.path")));
        for (var block : JAVA.matcher(Files.readString(Path.of("../docs/rooms.md")))
                .results()
                .toList()) {
            Matcher name = CLASS.matcher(block.group(1));
            assertTrue(name.find(), block::group);
            arguments.add(Files.writeString(directory.resolve(name.group(1) + ".java"), block.group(1))
                    .toString());
        }
        assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)));
        loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        loader.close();
    }

    private Object create(String name) throws Exception {
        return loader.loadClass("com.example." + name).getDeclaredConstructor().newInstance();
    }

    private URI start(Object service) throws Exception {
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = service instanceof WebSocketListener listener
                ? JettyWebSockets.add(context, "/room", listener)
                : new ServletHolder((UpgradeServlet) service);
        if (!(service instanceof WebSocketListener)) {
            holder.setInitOrder(1);
            context.addServlet(holder, "/room");
        }
        server.setHandler(context);
        server.start();
        return URI.create("ws://localhost:" + connector.getLocalPort() + "/room");
    }

    @Test
    void aTextGoesToAllMembers() throws Exception {
        chat(start(create("ChatServlet")));
    }

    @Test
    void aTextGoesToAllMembersOfAListenersRoom() throws Exception {
        chat(start(create("ChatListener")));
    }

    private static void chat(URI uri) throws Exception {
        try (JdkClient ann = JdkClient.open(uri);
                JdkClient bob = JdkClient.open(uri)) {
            ann.send("first");
            assertEquals("first", await(ann, "first")); // so it has joined
            bob.send("hello");
            assertEquals("hello", await(bob, "hello"));
            assertEquals("hello", await(ann, "hello"));
            ann.send("hi");
            assertEquals("hi", await(bob, "hi"));
        }
    }

    private static String await(JdkClient client, String text) throws Exception {
        String heard = client.receive();
        while (!heard.equals(text)) {
            heard = client.receive();
        }
        return heard;
    }

    @Test
    void pricesReachTheMembers() throws Exception {
        Object servlet = create("TickerServlet");
        try (JdkClient client = JdkClient.open(start(servlet))) {
            client.send("listens"); // its handler runs once this is read, or soon
            servlet.getClass().getMethod("publish", String.class, String.class).invoke(servlet, "TWIN", "2");
            Thread publisher = new Thread(() -> {
                try {
                    while (!Thread.currentThread().isInterrupted()) {
                        servlet.getClass()
                                .getMethod("publish", String.class, String.class)
                                .invoke(servlet, "TWIN", "3");
                    }
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            });
            publisher.start();
            try {
                assertEquals("TWIN 3", await(client, "TWIN 3"));
            } finally {
                publisher.interrupt();
                publisher.join();
            }
        }
    }

    @Test
    void membersLearnWhoIsThere() throws Exception {
        URI uri = start(create("NamedChatServlet"));
        try (JdkClient ann = JdkClient.open(uri)) {
            ann.send("Ann");
            assertEquals("Ann is here", ann.receive());
            try (JdkClient bob = JdkClient.open(uri)) {
                bob.send("Bob");
                assertEquals("Bob is here", ann.receive());
                bob.send("hello");
                assertEquals("Bob: hello", ann.receive());
            }
            assertEquals("Bob has left", ann.receive());
        }
    }

    @Test
    void aClientThatComesBackGetsWhatItHasMissed() throws Exception {
        URI uri = start(create("ResumingServlet"));
        try (JdkClient ann = JdkClient.open(uri)) {
            ann.send("one");
            String one = ann.receive();
            String id = one.substring(0, one.indexOf(' '));
            ann.send("two");
            String two = ann.receive();
            ann.send("three");
            String three = ann.receive();
            try (JdkClient back = JdkClient.open(URI.create(uri + "?" + id))) {
                assertEquals(two, back.receive());
                assertEquals(three, back.receive());
            }
            try (JdkClient late = JdkClient.open(URI.create(uri + "?17-1"))) {
                assertEquals("some messages are missing", late.receive());
            }
        }
    }
}
