package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketHandler;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Collections;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A class in the init-param {@code handler} that cannot be one says why. */
class HandlerClassTest {
    /** Its constructor throws. */
    public static final class Failing implements WebSocketHandler {
        public Failing() {
            throw new IllegalStateException("no data source");
        }

        @Override
        public void handle(BlockingConnection connection) {}
    }

    /** It cannot be instantiated. */
    public abstract static class Unfinished implements WebSocketHandler {
        public Unfinished() {}
    }

    private static ServletException failureOf(Class<?> handler) {
        ServletContext context = mock(ServletContext.class);
        when(context.getClassLoader()).thenReturn(HandlerClassTest.class.getClassLoader());
        ServletConfig config = mock(ServletConfig.class);
        when(config.getServletContext()).thenReturn(context);
        when(config.getServletName()).thenReturn("chat");
        when(config.getInitParameterNames()).thenReturn(Collections.enumeration(Set.of("handler")));
        when(config.getInitParameter("handler")).thenReturn(handler.getName());
        return assertThrows(ServletException.class, () -> new UpgradeServlet().init(config));
    }

    @Test
    void theReasonOfAFailedConstructorIsTold() {
        ServletException e = failureOf(Failing.class);
        String message = "servlet \"chat\": cannot create the handler " + Failing.class.getName()
                + ": java.lang.IllegalStateException: no data source";
        assertEquals(message, e.getMessage());
    }

    @Test
    void anAbstractClassIsRefusedBeforeItIsNeeded() {
        ServletException e = failureOf(Unfinished.class);
        assertTrue(e.getMessage().contains("must be a public class, not abstract"), e.getMessage());
    }
}
