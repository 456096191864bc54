package io.twintrace.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.redis.fixture.RedisServer;
import io.twintrace.websocket.room.Member;
import io.twintrace.websocket.room.Room;
import io.twintrace.websocket.room.Rooms;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.JdkClient;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EventListener;
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

    private final List<URLClassLoader> loaders = new ArrayList<>();
    private final List<Server> servers = new ArrayList<>();

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
    }

    @AfterEach
    void stop() throws Exception {
        for (Server server : servers) {
            server.stop();
        }
        for (URLClassLoader loader : loaders) {
            loader.close();
        }
    }

    /** Creates an object of a listing, whose classes are those of an application of its own. */
    private Object create(String name) throws Exception {
        URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader());
        loaders.add(loader);
        return loader.loadClass("com.example." + name).getDeclaredConstructor().newInstance();
    }

    private URI start(Object service) throws Exception {
        return start(service, new ServletContextHandler("/"));
    }

    private URI start(Object service, ServletContextHandler context) throws Exception {
        Server server = new Server();
        servers.add(server);
        ServerConnector connector = new ServerConnector(server);
        server.addConnector(connector);
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
            JdkClient.open(uri).close(); // without a name
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
                assertEquals(" some messages are missing", late.receive());
            }
            try (JdkClient wrong = JdkClient.open(URI.create(uri + "?no-id"))) {
                assertEquals(one, wrong.receive());
            }
        }
    }

    @Test
    void twoNodesShareTheirRooms() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            Object one = create("AllRooms");
            Object two = create("AllRooms");
            try (JdkClient ann = JdkClient.open(startNode(one, redis));
                    JdkClient bob = JdkClient.open(startNode(two, redis))) {
                Room there = rooms(two).room("chat");
                Await.until("both nodes to know both", () -> there.presence().size(), count -> count == 2);
                ann.send("from Ann");
                assertEquals("from Ann", ann.receive());
                assertEquals("from Ann", bob.receive());
                bob.send("from Bob");
                assertEquals("from Bob", ann.receive());
                assertEquals("from Bob", bob.receive());
                servers.get(0).stop(); // which tells the other node that Ann has left
                Await.until("Ann to leave", () -> there.presence().size(), count -> count == 1);
            }
            servers.get(1).stop();
        }
    }

    private static Rooms rooms(Object node) throws ReflectiveOperationException {
        return (Rooms) node.getClass().getField("rooms").get(null);
    }

    /** Starts an application with the listener of the page, and a servlet that uses its rooms. */
    private URI startNode(Object listener, RedisServer redis) throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        context.setInitParameter("redis", redis.uri().toString());
        context.addEventListener((EventListener) listener);
        return start(
                new WebSocketListener() {
                    @Override
                    public void onOpen(WebSocketConnection connection) {
                        try {
                            Member unused = rooms(listener).room("chat").join(connection);
                        } catch (ReflectiveOperationException e) {
                            throw new IllegalStateException(e);
                        }
                    }

                    @Override
                    public void onText(WebSocketConnection connection, String text) {
                        try {
                            assertTrue(rooms(listener).room("chat").broadcast(text));
                        } catch (ReflectiveOperationException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                },
                context);
    }
}
