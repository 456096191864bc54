package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingEndTest {
    private final TestPeer peer = TestPeer.connect();
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1001})
    void anOrdinaryCloseIsNullAndIsEchoed(int code) throws Exception {
        peer.send(Frames.text("last"), Frames.close(code));
        assertEquals("last", connection.readMessage().text());
        assertNull(connection.readMessage());
        assertNull(connection.readMessage());
        assertNull(connection.nextReader());
        assertEquals(code, connection.peerCloseStatus().orElseThrow().code());
        assertFalse(connection.isOpen());
        peer.expectClose(code).expectEof();
    }

    @Test
    void aCloseWithoutCodeIsNullAndIsEchoedWithoutCode() throws Exception {
        peer.sendHex("88 80 00 00 00 00");
        assertNull(connection.readMessage());
        assertEquals(1005, connection.peerCloseStatus().orElseThrow().code());
        peer.expectHex("88 00").expectEof();
    }

    @ParameterizedTest
    @ValueSource(ints = {1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999})
    void everyOtherCodeIsACloseExceptionAndIsEchoed(int code) throws Exception {
        peer.send(Frames.masked(FIN | Frames.CLOSE, Frames.closePayload(code, "the reason")));
        CloseException e = assertThrows(CloseException.class, connection::readMessage);
        assertEquals(code, e.code());
        assertEquals("the reason", e.status().reason());
        assertTrue(e.isCode(1, code));
        assertFalse(e.isCode(1000));
        assertFalse(e.getMessage().contains("the reason"), e.getMessage());
        assertSame(e, assertThrows(CloseException.class, connection::readMessage));
        peer.expectClose(code, "").expectEof();
    }

    @Test
    void anOrdinaryCloseInsideAMessageIsNotOrdinary() throws Exception {
        peer.send(Frames.masked(TEXT, Frames.utf8("half")), Frames.close(1000));
        assertEquals(
                1000,
                assertThrows(CloseException.class, connection::readMessage).code());
        peer.expectClose(1000).expectEof();
    }

    @Test
    void whatFollowsTheCloseFrameIsDropped() throws Exception {
        peer.send(Frames.close(1000), Frames.text("too late"), Frames.ping("too late"));
        assertNull(connection.readMessage());
        assertNull(connection.readMessage());
        peer.expectClose(1000).expectEof();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 6, 8})
    void theEndOfTheStreamWithoutACloseFrameIs1006(int bytesOfAFrame) throws Exception {
        peer.send(java.util.Arrays.copyOf(Frames.text("hello"), bytesOfAFrame)).sendEof();
        assertAbnormal();
    }

    @Test
    void theEndOfTheStreamBetweenFragmentsIs1006() throws Exception {
        peer.send(Frames.masked(TEXT, Frames.utf8("a")), Frames.masked(CONTINUATION, Frames.utf8("b")))
                .sendEof();
        assertAbnormal();
    }

    private void assertAbnormal() {
        CloseException e = assertThrows(CloseException.class, connection::readMessage);
        assertEquals(1006, e.code());
        assertSame(e, assertThrows(CloseException.class, connection::nextReader));
        assertFalse(connection.isOpen());
    }

    @Test
    void aResetIsAnErrorForGood() throws Exception {
        peer.reset();
        IOException e = assertThrows(IOException.class, connection::readMessage);
        assertSame(e, assertThrows(IOException.class, connection::readMessage));
        assertFalse(connection.isOpen());
    }

    @Test
    void theThousandthReadAfterAnErrorSaysThatTheLoopIsWrong() throws Exception {
        peer.sendEof();
        assertThrows(CloseException.class, connection::readMessage);
        for (int i = 1; i < 1000; i++) {
            assertThrows(CloseException.class, connection::readMessage);
        }
        IllegalStateException e = assertThrows(IllegalStateException.class, connection::readMessage);
        assertTrue(e.getMessage().contains("1000 times"), e.getMessage());
    }

    @Test
    void theThousandthReadAfterAnOrdinaryEndSaysThatTheLoopIsWrong() throws Exception {
        peer.send(Frames.close(1000));
        assertNull(connection.readMessage());
        for (int i = 1; i < 1000; i++) {
            assertNull(connection.readMessage());
        }
        assertThrows(IllegalStateException.class, connection::readMessage);
    }

    @Test
    void readsAfterAbortFailAndKeepNoBuffer() throws Exception {
        peer.send(Frames.text("unread"));
        connection.abort();
        assertThrows(IOException.class, connection::readMessage);
        assertThrows(IOException.class, connection::readMessage);
        peer.expectNothingLent();
    }
}
