package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.WebSocketListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening handshakes that the application answers. */
class UpgradeTest {
    private static final Map<String, String> HEADERS = Map.of(
            "Host", "localhost",
            "Connection", "Upgrade",
            "Upgrade", "websocket",
            "Sec-WebSocket-Version", "13",
            "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

    private final List<String> log = new ArrayList<>();
    private final WebSocketUpgrader upgrader = new WebSocketUpgrader();
    private final HttpServletRequest request = mock(HttpServletRequest.class);
    private final HttpServletResponse response = mock(HttpServletResponse.class);
    private final StringWriter answer = new StringWriter();

    @BeforeEach
    void describe() throws Exception {
        ServletContext context = mock(ServletContext.class);
        doAnswer(call -> log.add(call.getArgument(0))).when(context).log(any());
        when(request.getServletContext()).thenReturn(context);
        when(request.getMethod()).thenReturn("GET");
        when(request.getProtocol()).thenReturn("HTTP/1.1");
        when(request.getRequestURI()).thenReturn("/chat");
        when(request.getRemoteAddr()).thenReturn("127.0.0.1");
        when(request.getHeaderNames()).thenAnswer(call -> Collections.enumeration(HEADERS.keySet()));
        when(request.getHeaders(anyString()))
                .thenAnswer(call -> HEADERS.containsKey(call.<String>getArgument(0))
                        ? Collections.enumeration(List.of(HEADERS.get(call.<String>getArgument(0))))
                        : Collections.emptyEnumeration());
        when(response.getWriter()).thenReturn(new PrintWriter(answer));
    }

    @AfterEach
    void close() {
        upgrader.close();
    }

    private void refuseSubprotocol(String name) throws Exception {
        assertFalse(upgrader.begin(request, response).subprotocol(name).accept(new WebSocketListener() {}));
    }

    /** An application may choose the name by a parameter of the request. */
    @Test
    void subprotocolsThatAreNotOfferedShareOneLine() throws Exception {
        for (int i = 0; i < 5; i++) {
            refuseSubprotocol("chat." + i);
        }
        assertEquals(
                List.of("WebSocket handshake for /chat refused with 400: the client must offer the subprotocol chat.0"),
                log);
    }

    @Test
    void aSubprotocolCannotForgeALine() throws Exception {
        refuseSubprotocol("chat\nERROR \u001b[31mforged\u202e" + "x".repeat(1000));
        assertEquals(1, log.size());
        assertEquals(
                "WebSocket handshake for /chat refused with 400: the client must offer the subprotocol"
                        + " chat?ERROR ?[31mforged?" + "x".repeat(59) + "...",
                log.get(0));
    }

    @Test
    void theAnswerNamesTheSubprotocolThatIsNotOffered() throws Exception {
        refuseSubprotocol("chat.v2");
        assertEquals("the client must offer the subprotocol chat.v2" + System.lineSeparator(), answer.toString());
    }

    @Test
    void theEventDoesNotNameTheSubprotocol(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            refuseSubprotocol("chat.secret");
            recording.dump(file);
        }
        assertEquals(
                List.of("the client must offer the subprotocol"),
                RecordingFile.readAllEvents(file).stream()
                        .filter(each -> each.getEventType().getName().equals("twintrace.HandshakeRefused"))
                        .map(each -> each.getString("reason"))
                        .toList());
    }
}
