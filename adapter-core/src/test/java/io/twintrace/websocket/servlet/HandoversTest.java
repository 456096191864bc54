package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.ServletContext;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** There is no adapter on the class path. */
class HandoversTest {
    private static final String JETTY = "jetty/12.1.12";

    @Test
    void theStandardRouteIsTakenWhereverItWorks() {
        assertInstanceOf(StandardHandover.class, Handovers.forContainer(server("Apache Tomcat/11.0.24")));
        assertInstanceOf(StandardHandover.class, Handovers.forContainer(server(null)));
    }

    @Test
    void inJettyTheAdapterIsAskedFor() {
        String message = assertThrows(IllegalStateException.class, () -> Handovers.forContainer(server(JETTY)))
                .getMessage();
        assertTrue(message.contains("add io.twintrace:adapter-jetty"), message);
    }

    /** As where a tool that shrinks jars has dropped the class and kept its name. */
    @Test
    void anAdapterThatIsIncompleteIsNamed(@TempDir Path directory) throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(SocketHandover.class.getName()), "com.example.Gone");
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {directory.toUri().toURL()}, getClass().getClassLoader())) {
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> Handovers.forContainer(server(JETTY), loader));
            assertTrue(e.getMessage().contains("com.example.Gone"), e.getMessage());
            assertTrue(e.getMessage().contains("keep adapter-core and adapter-jetty"), e.getMessage());
        }
    }

    @Test
    void whereTheAdapterCannotHelpTheRightEnvironmentsAreNamed() {
        String message = Handovers.whatJettyNeeds(JETTY, true, "ee9");
        assertTrue(message.startsWith("this is the environment ee9 of jetty/12.1.12, "), message);
        assertTrue(message.contains("module ee10-deploy or ee11-deploy"), message);
        String older = Handovers.whatJettyNeeds("jetty/11.0.26", true, null);
        assertTrue(older.startsWith("this is jetty/11.0.26, but"), older);
        assertTrue(older.contains("only in Jetty 12.0 and 12.1"), older);
    }

    @Test
    void theContextsClassTellsTheEnvironment() {
        assertEquals("ee10", Handovers.environment("org.eclipse.jetty.ee10.webapp.WebAppContext$ServletApiContext"));
        assertEquals("ee11", Handovers.environment("org.eclipse.jetty.ee11.servlet.ServletContextHandler$Any"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"com.example.Wrapper", "com.example.org.eclipse.jetty.ee11.X", "org.eclipse.jetty.server.X"})
    void anotherClassDoesNot(String name) {
        assertNull(Handovers.environment(name));
    }

    private static ServletContext server(String info) {
        ServletContext context = mock(ServletContext.class);
        when(context.getServerInfo()).thenReturn(info);
        return context;
    }
}
