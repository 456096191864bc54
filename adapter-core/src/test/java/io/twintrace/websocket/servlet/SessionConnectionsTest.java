package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.SessionOptions;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections of one session that nodes replicate to each other, in the way of Tomcat's DeltaManager. */
class SessionConnectionsTest {
    private final List<WebSocketConnection> opened = new ArrayList<>();
    private final Node a = new Node();
    private final Node b = new Node();

    @AfterEach
    void end() {
        opened.forEach(WebSocketConnection::abort);
        a.upgrader.close();
        b.upgrader.close();
    }

    private final class Opening implements WebSocketListener {
        @Override
        public boolean isNonBlocking() {
            return true;
        }

        @Override
        public void onOpen(WebSocketConnection connection) {
            opened.add(connection);
        }
    }

    /** One node with its copy of the session. */
    private final class Node {
        private final WebSocketUpgrader upgrader = new WebSocketUpgrader(WebSocketOptions.builder()
                .session(SessionOptions.defaults().withCloseCode(CloseCode.POLICY_VIOLATION))
                .build());
        private final ServletContext context = mock(ServletContext.class);
        private final HttpSession session = mock(HttpSession.class);
        private final Map<String, Object> attributes = new HashMap<>();

        /** The serialized attributes that the node has set since it last told the others. */
        private final Map<String, byte[]> changes = new HashMap<>();

        private boolean ended;

        private Node() {
            when(context.getServerInfo()).thenReturn("Cluster/1");
            when(session.getAttribute(anyString())).thenAnswer(call -> {
                if (ended) {
                    throw new IllegalStateException("the session has ended");
                }
                return attributes.get(call.<String>getArgument(0));
            });
            doAnswer(call -> {
                        changes.put(call.getArgument(0), serialized(call.getArgument(1)));
                        bind(call.getArgument(0), call.getArgument(1));
                        return null;
                    })
                    .when(session)
                    .setAttribute(anyString(), any());
        }

        /** Like Tomcat, which first puts the new value. */
        private void bind(String name, Object value) {
            unbind(name, attributes.put(name, value));
        }

        private void unbind(String name, Object value) {
            if (value instanceof HttpSessionBindingListener listener) {
                listener.valueUnbound(new HttpSessionBindingEvent(session, name));
            }
        }

        private Map<String, byte[]> takeChanges() {
            Map<String, byte[]> taken = Map.copyOf(changes);
            changes.clear();
            return taken;
        }

        private void apply(Map<String, byte[]> others) {
            others.forEach((name, bytes) -> bind(name, deserialized(bytes)));
        }

        /** @param meanwhile what happens after the attributes are gone, and before they are told */
        private void removeAttributes(Runnable meanwhile) {
            Map<String, Object> removed = Map.copyOf(attributes);
            attributes.clear();
            meanwhile.run();
            removed.forEach(this::unbind);
        }

        private void endSession() {
            ended = true;
            removeAttributes(() -> {});
        }

        private Tab connect() {
            Tab tab = handshake();
            tab.open();
            return tab;
        }

        private Tab handshake() {
            try {
                return new Tab(this);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** One WebSocket of the session's user. */
    private final class Tab {
        private final Written out = new Written();
        private HttpUpgradeHandler upgraded;

        private Tab(Node node) throws Exception {
            HttpServletRequest request = mock(HttpServletRequest.class);
            Map<String, String> headers = Map.of(
                    "Host", "localhost",
                    "Connection", "Upgrade",
                    "Upgrade", "websocket",
                    "Sec-WebSocket-Version", "13",
                    "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
            when(request.getServletContext()).thenReturn(node.context);
            when(request.getMethod()).thenReturn("GET");
            when(request.getProtocol()).thenReturn("HTTP/1.1");
            when(request.getRequestURI()).thenReturn("/chat");
            when(request.getLocalAddr()).thenReturn("127.0.0.1");
            when(request.getRemoteAddr()).thenReturn("127.0.0.1");
            when(request.getSession(false)).thenReturn(node.session);
            when(request.getHeaderNames()).thenAnswer(call -> Collections.enumeration(headers.keySet()));
            when(request.getHeaders(anyString()))
                    .thenAnswer(call -> Collections.enumeration(List.of(headers.get(call.<String>getArgument(0)))));
            when(request.upgrade(any())).thenAnswer(call -> {
                upgraded = call.<Class<? extends HttpUpgradeHandler>>getArgument(0)
                        .getConstructor()
                        .newInstance();
                return upgraded;
            });
            assertTrue(node.upgrader.upgrade(request, mock(HttpServletResponse.class), new Opening()));
        }

        /** The container hands the socket over, once the request has ended. */
        private void open() {
            try {
                WebConnection socket = mock(WebConnection.class);
                ServletInputStream in = mock(ServletInputStream.class);
                when(socket.getInputStream()).thenReturn(in);
                when(socket.getOutputStream()).thenReturn(out);
                upgraded.init(socket);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private void expectOpen() {
            assertEquals(0, out.bytes.size());
        }

        private void expectClosed() {
            String frame = out.bytes.toString(StandardCharsets.ISO_8859_1);
            assertEquals("\u0088\u0017\u0003\u00f0the session has ended", frame);
        }
    }

    /** A peer that takes everything at once. */
    private static final class Written extends ServletOutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {
            // Always ready.
        }

        @Override
        public void write(int b) {
            bytes.write(b);
        }
    }

    private static byte[] serialized(Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    private static Object deserialized(byte[] bytes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            return in.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    /** Both nodes get the session's first connection before they have heard of the other's. */
    private void exchangeChanges() {
        Map<String, byte[]> ofA = a.takeChanges();
        Map<String, byte[]> ofB = b.takeChanges();
        assertFalse(ofA.isEmpty() || ofB.isEmpty());
        a.apply(ofB);
        b.apply(ofA);
    }

    @Test
    void aConnectionToAnotherNodeLeavesTheFirstOneOpenUntilTheSessionEnds() {
        Tab first = a.connect();
        b.apply(a.takeChanges());
        Tab second = b.connect();
        a.apply(b.takeChanges());
        first.expectOpen();
        second.expectOpen();
        a.endSession();
        first.expectClosed();
        second.expectOpen(); // its node does not know yet
        b.endSession();
        second.expectClosed();
    }

    @Test
    void firstConnectionsToTwoNodesAtOnceStayOpenUntilTheSessionEnds() {
        Tab first = a.connect();
        Tab second = b.connect();
        exchangeChanges();
        first.expectOpen();
        second.expectOpen();
        Tab third = a.connect();
        a.endSession();
        b.endSession();
        first.expectClosed();
        second.expectClosed();
        third.expectClosed();
    }

    @Test
    void aConnectionThatOpensAfterTheExchangeClosesWithTheSession() {
        Tab first = a.handshake();
        Tab second = b.connect();
        exchangeChanges();
        first.open();
        first.expectOpen();
        a.endSession();
        first.expectClosed();
        second.expectOpen();
    }

    @Test
    void aConnectionThatOpensAfterTheExchangeAndTheEndClosesAtOnce() {
        Tab first = a.handshake();
        b.connect();
        exchangeChanges();
        a.endSession();
        first.open();
        first.expectClosed();
    }

    /** Such as by an application that puts all attributes anew at the end of a request, so that they are replicated. */
    @Test
    void aValueThatIsPutBackStillKnowsTheConnections() {
        Tab first = a.connect();
        Map<String, Object> before = Map.copyOf(a.attributes);
        Tab second = b.connect();
        exchangeChanges();
        before.forEach(a::bind);
        first.expectOpen();
        Tab third = a.connect();
        a.endSession();
        first.expectClosed();
        third.expectClosed();
        second.expectOpen();
    }

    @Test
    void aConnectionOfTheNextUserDoesNotKeepThoseOpenThatALogoutCloses() {
        Tab first = a.connect();
        List<Tab> next = new ArrayList<>();
        a.removeAttributes(() -> next.add(a.connect()));
        first.expectClosed();
        next.get(0).expectOpen();
        a.endSession();
        next.get(0).expectClosed();
    }
}
