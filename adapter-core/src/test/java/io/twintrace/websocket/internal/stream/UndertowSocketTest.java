package io.twintrace.websocket.internal.stream;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.WebConnection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndertowSocketTest {
    private final WebConnection connection = mock(WebConnection.class);

    @Test
    void anUndertowThatHasChangedIsLoggedOnceWithWhatFollows() throws Exception {
        when(connection.getOutputStream()).thenReturn(mock(ServletOutputStream.class));
        List<String> log = new ArrayList<>();
        ContainerSocket socket = UndertowSocket.of(connection, log::add);
        assertInstanceOf(StandardSocket.class, socket);
        assertTrue(log.get(0).contains("NoSuchFieldException: ioExecutor"), log.get(0));
        assertTrue(log.get(0).contains("closing a connection whose client does not read holds a thread"), log.get(0));
    }
}
