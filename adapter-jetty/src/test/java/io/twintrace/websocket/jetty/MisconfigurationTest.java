package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketHandler;
import io.twintrace.websocket.jetty.ee10.JettyWebSockets;
import io.twintrace.websocket.servlet.UpgradeServlet;
import io.twintrace.websocket.testkit.JdkClient;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A mistake in the configuration stops the deployment, and the error names it. */
class MisconfigurationTest {
    private static final String HANDLER = WiringTest.EchoHandler.class.getName();
    private static final String VALID =
            "valid names are handler, close-timeout, coalescing-delay, compression, compression-client-window,";

    @TempDir
    private Path directory;

    /** A class that is no handler. */
    public static class Nobody {}

    /** A handler that the servlet cannot make. */
    public static class NeedsAnArgument implements WebSocketHandler {
        public NeedsAnArgument(String argument) {}

        @Override
        public void handle(BlockingConnection connection) {}
    }

    /** One of the two would have to win. */
    public static class Both extends EchoListener implements WebSocketHandler {
        @Override
        public void handle(BlockingConnection connection) {}
    }

    @Test
    void unknownInitParamIsNamedAndTheValidOnesAreListed() {
        String message = failure("handler", HANDLER, "raed-limit", "64KiB");
        assertContains(message, "unknown init-param \"raed-limit\"");
        assertContains(message, VALID);
        assertContains(message, "servlet \"ws\"");
    }

    @ParameterizedTest
    @CsvSource({
        "read-limit, a lot",
        "read-limit, -1",
        "fragment-limit, 0",
        "fragment-limit, 9999999999",
        "idle-timeout, 5",
        "close-timeout, 0s",
        "max-connections, 0",
        "detector-level, loud",
        "compression, yes",
        "compression-level, 11",
        "read-buffer-size, 1",
        "subprotocols, a b",
        "origins, https://good.example/path"
    })
    void malformedInitParamIsNamedWithItsValue(String name, String value) {
        String message = failure("handler", HANDLER, name, value);
        assertContains(message, "init-param \"" + name + "\" has the value \"" + value + "\"");
        assertFalse(message.contains(VALID), message);
    }

    @Test
    void servletWithoutHandlerSaysHowToGiveOne() {
        assertContains(failure("read-limit", "1MiB"), "no handler: set the init-param \"handler\"");
    }

    @Test
    void missingHandlerClassIsNamed() {
        assertContains(failure("handler", "com.example.Gone"), "ClassNotFoundException: com.example.Gone");
    }

    @Test
    void classThatIsNoHandlerIsNamed() {
        assertContains(
                failure("handler", Nobody.class.getName()), Nobody.class.getName() + "\", which must be a public");
    }

    @Test
    void handlerWithoutUsableConstructorIsNamed() {
        assertContains(failure("handler", NeedsAnArgument.class.getName()), NeedsAnArgument.class.getName() + "\"");
    }

    @Test
    void classThatIsBothHandlerAndListenerIsNamed() {
        String message = failure("handler", Both.class.getName());
        assertContains(message, Both.class.getName() + "\", which must be a public");
        assertContains(message, "WebSocketHandler or io.twintrace.websocket.WebSocketListener");
        assertContains(message, "it implements both");
    }

    @Test
    void classThatIsNeitherIsToldSo() {
        assertContains(failure("handler", Nobody.class.getName()), "it implements neither");
    }

    @Test
    void listenerHasNoThreadThatAloneMightWrite() {
        String message = failure("handler", EchoListener.class.getName(), "write-discipline", "Handler-Thread");
        assertContains(message, "init-param \"write-discipline\" has the value \"Handler-Thread\"");
        assertContains(message, "different threads call a WebSocketListener: use connection-lock or none");
    }

    @Test
    void listenersFirstWriterIsSoonAnotherThread() {
        String message = failure("handler", EchoListener.class.getName(), "write-discipline", "first-writer");
        assertContains(message, "init-param \"write-discipline\" has the value \"first-writer\"");
    }

    @Test
    void soItIsWhenEmbedding() {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", new EchoListener()).setInitParameter("write-discipline", "handler-thread");
        assertContains(failure(context), "different threads call a WebSocketListener");
    }

    @Test
    void listenerFromBothSidesIsAnError() {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", new EchoListener()).setInitParameter("handler", HANDLER);
        assertContains(
                failure(context),
                "init-param \"handler\" is set, but the servlet already has a listener from its constructor");
    }

    @Test
    void handlerFromBothSidesIsAnError() {
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = JettyWebSockets.add(context, "/ws", TestServer::echo);
        holder.setInitParameter("handler", HANDLER);
        assertContains(
                failure(context),
                "init-param \"handler\" is set, but the servlet already has a handler from its constructor");
    }

    @Test
    void mistakeWhenEmbeddingShowsAtTheStartToo() {
        ServletContextHandler context = new ServletContextHandler("/");
        JettyWebSockets.add(context, "/ws", TestServer::echo).setInitParameter("raed-limit", "1");
        assertContains(failure(context), "servlet \"/ws\": unknown init-param \"raed-limit\"");
    }

    @Test
    void anotherServletMayHaveThePathAsItsName() throws Exception {
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder other = new ServletHolder("/ws", new UpgradeServlet(TestServer::echo));
        context.addServlet(other, "/other");
        ServletHolder holder = JettyWebSockets.add(context, "/ws", TestServer::echo);
        assertNotEquals("/ws", holder.getName());
        try (TestServer server = new TestServer(context).start();
                JdkClient client = server.client()) {
            client.send("hello");
            assertEquals("hello", client.receive());
        }
    }

    private String failure(String... initParams) {
        try {
            WebXml.write(directory, WebXml.servlet(initParams));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        WebAppContext context = new WebAppContext(directory.toString(), "/");
        context.setThrowUnavailableOnStartupException(true);
        return failure(context);
    }

    /** Starts the server, which must fail, and returns the messages of all causes. */
    private static String failure(ServletContextHandler context) {
        try (TestServer server = new TestServer(context)) {
            Exception e = assertThrows(Exception.class, server::start);
            StringBuilder messages = new StringBuilder();
            for (Throwable t = e; t != null; t = t.getCause()) {
                messages.append(t).append('\n');
            }
            return messages.toString();
        }
    }

    private static void assertContains(String text, String part) {
        assertTrue(text.contains(part), text);
    }
}
