package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The checks during deployment. */
class UpgradeServletInitializerTest {
    private final ServletContext context = mock(ServletContext.class);
    private boolean handlerGiven;

    @Test
    void mistakeInTheInitParamsStopsTheDeploymentAndNamesTheServlet() {
        register("chat", UpgradeServlet.class.getName(), Map.of("raed-limit", "1"));
        ServletException e = assertThrows(ServletException.class, this::deploy);
        assertTrue(e.getMessage().startsWith("servlet \"chat\": unknown init-param \"raed-limit\""), e.getMessage());
    }

    @Test
    void subclassesAreCheckedToo() {
        register("mine", Mine.class.getName(), Map.of("raed-limit", "1"));
        assertThrows(ServletException.class, this::deploy);
    }

    /** A subclass that an application defines. */
    public static class Mine extends UpgradeServlet {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void servletsOfOthersMayHaveWhatInitParamsTheyLike() {
        register("other", "jakarta.servlet.http.HttpServlet", Map.of("raed-limit", "1"));
        assertDoesNotThrow(this::deploy);
    }

    @Test
    void classThatIsMissingIsForTheContainerToReport() {
        register("gone", "com.example.Gone", Map.of("raed-limit", "1"));
        assertDoesNotThrow(this::deploy);
    }

    @Test
    void handlerThatIsNoneStopsTheDeployment() {
        register("chat", UpgradeServlet.class.getName(), Map.of("handler", "java.lang.String"));
        ServletException e = assertThrows(ServletException.class, this::deploy);
        assertTrue(e.getMessage().startsWith("servlet \"chat\": init-param \"handler\""), e.getMessage());
    }

    @Test
    void libraryServletWithoutHandlerStopsTheDeployment() {
        handlerGiven = false;
        register("chat", UpgradeServlet.class.getName(), Map.of());
        ServletException e = assertThrows(ServletException.class, this::deploy);
        assertTrue(e.getMessage().startsWith("servlet \"chat\": no handler"), e.getMessage());
    }

    /** Containers do not tell whether a servlet was registered in code, nor which instance. */
    @Test
    void whereOneWasGivenAHandlerInCodeItMayBeThisOne() {
        handlerGiven = true;
        register("chat", UpgradeServlet.class.getName(), Map.of());
        assertDoesNotThrow(this::deploy);
    }

    @Test
    void jettyWithoutTheAdapterIsAnErrorThatNamesIt() {
        register("chat", Mine.class.getName(), Map.of());
        when(context.getServerInfo()).thenReturn("jetty/12.1.12");
        ServletException e = assertThrows(ServletException.class, this::deploy);
        assertTrue(e.getMessage().contains("add io.twintrace:adapter-jetty to the application"), e.getMessage());
    }

    @Test
    void everyOtherContainerIsTakenAtTheSpecificationsWord() {
        for (String server : new String[] {"Apache Tomcat/11.0.24", "Undertow", null}) {
            when(context.getServerInfo()).thenReturn(server);
            assertInstanceOf(StandardHandover.class, Handovers.forContainer(context));
        }
    }

    @Test
    void applicationWithoutUpgradeServletsIsLeftAlone() {
        doReturn(Map.of()).when(context).getServletRegistrations();
        when(context.getServerInfo()).thenReturn("jetty/12.1.12");
        assertDoesNotThrow(this::deploy);
    }

    private void register(String name, String className, Map<String, String> initParams) {
        ServletRegistration registration = mock(ServletRegistration.Dynamic.class);
        when(registration.getName()).thenReturn(name);
        when(registration.getClassName()).thenReturn(className);
        when(registration.getInitParameters()).thenReturn(initParams);
        doReturn(Map.of(name, registration)).when(context).getServletRegistrations();
        when(context.getClassLoader()).thenReturn(getClass().getClassLoader());
    }

    private void deploy() throws ServletException {
        new UpgradeServletInitializer(() -> handlerGiven).onStartup(Set.of(), context);
    }
}
