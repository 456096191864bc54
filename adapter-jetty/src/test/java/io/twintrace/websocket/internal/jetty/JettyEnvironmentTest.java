package io.twintrace.websocket.internal.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.ServletContext;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;

/** The class of a servlet context tells which environment it belongs to. */
class JettyEnvironmentTest {
    /** As frameworks that embed Jetty extend its classes. */
    private static final class Extended extends ServletContextHandler {
        private final class Api extends ServletContextApi {}
    }

    private static ServletContext wrapper(String server) {
        ServletContext context = mock(ServletContext.class);
        when(context.getServerInfo()).thenReturn(server);
        return context;
    }

    @Test
    void aClassOfJettysTellsIt() throws Exception {
        ServletContext context = new ServletContextHandler().getServletContext();
        assertEquals(
                new JettyEnvironment("ee10", ServletContextHandler.class.getClassLoader()),
                JettyEnvironment.of(context));
    }

    @Test
    void soDoesOneThatExtendsIt() throws Exception {
        assertEquals("ee10", JettyEnvironment.of(new Extended().new Api()).name());
    }

    @Test
    void theVisibleEnvironmentIsThatOfAWrapper() throws Exception {
        assertEquals("ee10", JettyEnvironment.of(wrapper("jetty/12.1.12")).name());
    }

    @Test
    void onlyJettyIsSupported() {
        assertTrue(new JettyHandover().supports(wrapper("jetty/12.1.12")));
        assertFalse(new JettyHandover().supports(wrapper("Apache Tomcat/11.0.24")));
        assertFalse(new JettyHandover().supports(wrapper(null)));
    }
}
