package io.twintrace.websocket.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.ArgumentMatchers.matches;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.twintrace.websocket.internal.io.Transport;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.coyote.http11.upgrade.UpgradeServletInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** Containers misbehave. Every connection is still served or closed, and the log says why. */
class StandardHandoverTest {
    private final StandardHandover handover = new StandardHandover();
    private final ServletContext context = mock(ServletContext.class);
    private final HttpServletRequest request = mock(HttpServletRequest.class);
    private final HttpServletResponse response = mock(HttpServletResponse.class);
    private final WebConnection connection = mock(WebConnection.class);
    private final ServletInputStream in = mock(ServletInputStream.class);
    private final ServletOutputStream out = mock(ServletOutputStream.class);

    private final List<HttpUpgradeHandler> upgraded = new ArrayList<>();
    private final List<Transport> received = new ArrayList<>();

    @BeforeEach
    void prepare() throws Exception {
        when(context.getServerInfo()).thenReturn("Strange Server/1");
        when(request.getServletContext()).thenReturn(context);
        when(request.getRequestURI()).thenReturn("/chat");
        when(request.getLocalAddr()).thenReturn("127.0.0.1");
        when(request.getRemoteAddr()).thenReturn("127.0.0.1");
        when(request.upgrade(any())).thenAnswer(call -> {
            Class<? extends HttpUpgradeHandler> type = call.getArgument(0);
            upgraded.add(type.getConstructor().newInstance());
            return upgraded.get(upgraded.size() - 1);
        });
        when(out.isReady()).thenReturn(true);
        when(connection.getInputStream()).thenReturn(in);
        when(connection.getOutputStream()).thenReturn(out);
    }

    /** The ways in which a container treats an upgrade. */
    private void upgrade(Consumer<Transport> receiver) throws Exception {
        handover.handOver(request, response, Map.of(), Duration.ofSeconds(10), receiver);
        upgraded.get(upgraded.size() - 1).init(connection);
    }

    private void expectClosedAndLogged(Throwable why) throws Exception {
        verify(connection).close();
        String message = "the WebSocket connection for /chat is cut off: its socket could not be taken over from"
                + " Strange Server/1";
        verify(context).log(message, why);
        verify(context, never()).log(any());
    }

    /** Payara's clients would wait for it, and Payara for the first bytes written. */
    @Test
    void theHandshakeIsSentBeforeAnythingIsReadOrWritten() throws Exception {
        upgrade(received::add);
        InOrder order = inOrder(out, in);
        order.verify(out).setWriteListener(any());
        order.verify(out).flush();
        order.verify(in).setReadListener(any());
        assertEquals(1, received.size());
    }

    @Test
    void aStreamThatFailsAtOnceIsClosedAndTheLogSaysWhy() throws Exception {
        NullPointerException why = new NullPointerException("grizzlyOutputBuffer is null");
        doThrow(why).when(out).flush();
        upgrade(received::add);
        verify(connection).close();
        verify(context).log(contains("/chat"), any(IOException.class));
        assertTrue(received.isEmpty());
    }

    @Test
    void aListenerThatCannotBeSetClosesTheConnection() throws Exception {
        NullPointerException why = new NullPointerException("readHandler is null");
        doThrow(why).when(in).setReadListener(any());
        upgrade(received::add);
        expectClosedAndLogged(why);
    }

    @Test
    void streamsThatAreNotGivenCloseTheConnection() throws Exception {
        IllegalStateException why = new IllegalStateException("no stream");
        when(connection.getOutputStream()).thenThrow(why);
        doThrow(new IllegalStateException("closing fails too")).when(connection).close();
        upgrade(received::add);
        expectClosedAndLogged(why);
    }

    @Test
    void peersThatAreGoneAlreadyTakeOneLineWithoutASessionsIdentifier() throws Exception {
        when(request.getRequestURI()).thenReturn("/chat;jsessionid=canary/" + "p".repeat(10_000));
        when(connection.getOutputStream()).thenThrow(new IOException("connection reset"));
        for (int i = 0; i < 100; i++) {
            upgrade(received::add);
        }
        verify(connection, times(100)).close();
        verify(context, times(1))
                .log(matches("the WebSocket connection for /chat/p{94}[.]{3} is cut off: its socket could not be taken"
                        + " over from Strange Server/1: java.io.IOException: connection reset"));
        verify(context, times(1)).log(any());
        verify(context, never()).log(any(), any());
    }

    @Test
    void whatCannotBeStartedIsClosed() throws Exception {
        OutOfMemoryError why = new OutOfMemoryError("unable to create native thread");
        upgrade(transport -> {
            throw why;
        });
        expectClosedAndLogged(why);
    }

    @Test
    void aRefusedUpgradeIsAnsweredWhateverTheContainerThrows() throws Exception {
        NullPointerException why = new NullPointerException("no channel");
        doThrow(why).when(request).upgrade(any());
        ServletException thrown = assertThrows(
                ServletException.class,
                () -> handover.handOver(request, response, Map.of(), Duration.ofSeconds(10), received::add));
        assertSame(why, thrown.getCause());
        verify(response).reset();
    }

    /** Grizzly does so once the peer is gone. */
    @Test
    void aStreamThatFailsLaterFailsLikeABrokenConnection() throws Exception {
        upgrade(received::add);
        NullPointerException why = new NullPointerException("grizzlyOutputBuffer is null");
        doThrow(why).when(out).write(any(byte[].class), anyInt(), anyInt());
        ByteBuffer[] frame = {ByteBuffer.allocate(2)};
        IOException thrown =
                assertThrows(IOException.class, () -> received.get(0).tryWrite(frame));
        assertSame(why, thrown.getCause());
    }

    @Test
    void aTomcatThatHasChangedIsLoggedOnceWithWhatFollows() throws Exception {
        when(connection.getInputStream()).thenReturn(new UpgradeServletInputStream());
        for (int i = 0; i < 3; i++) {
            upgrade(received::add);
        }
        assertEquals(3, received.size());
        verify(context, times(1)).log(any());
        verify(context).log(contains("java.lang.NoSuchFieldException: socketWrapper"));
        verify(context).log(contains("a connection that the server closes keeps its socket until the client sends"));
    }
}
