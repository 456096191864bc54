package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static io.twintrace.websocket.fixture.Frames.TEXT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.MessageReader;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.LargeBuffers;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.internal.io.InputBuffers;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MessageReaderTest {
    private final TestPeer peer = TestPeer.connect();
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void aMessageIsReadAsItArrives() throws Exception {
        byte[] frame = Frames.masked(FIN | BINARY, Frames.pattern(100));
        peer.send(Arrays.copyOf(frame, 6 + 10));
        MessageReader reader = connection.nextReader();
        assertEquals(MessageType.BINARY, reader.type());
        assertArrayEquals(Arrays.copyOf(Frames.pattern(100), 10), reader.readNBytes(10));
        peer.send(Arrays.copyOfRange(frame, 6 + 10, frame.length));
        assertArrayEquals(Arrays.copyOfRange(Frames.pattern(100), 10, 100), reader.readAllBytes());
        assertEquals(-1, reader.read());
        assertEquals(-1, reader.read(new byte[5], 0, 5));
    }

    @Test
    void singleBytesAreUnsigned() throws Exception {
        peer.send(Frames.binary(new byte[] {(byte) 0xFF, 0}));
        MessageReader reader = connection.nextReader();
        assertEquals(0xFF, reader.read());
        assertEquals(0, reader.read());
        assertEquals(-1, reader.read());
    }

    @Test
    void askingForNothingGetsNothingAndDoesNotWait() throws Exception {
        peer.send(Frames.masked(BINARY, new byte[] {7}));
        MessageReader reader = connection.nextReader();
        assertEquals(7, reader.read());
        assertEquals(0, reader.read(new byte[5], 2, 0));
    }

    @Test
    void theUnreadRestIsDroppedOverFragmentsAndControlFrames() throws Exception {
        peer.send(
                Frames.masked(TEXT, Frames.utf8("abc")),
                Frames.ping("x"),
                Frames.masked(CONTINUATION, Frames.utf8("def")),
                Frames.masked(FIN | CONTINUATION, Frames.utf8("ghi")),
                Frames.text("next"));
        MessageReader first = connection.nextReader();
        assertEquals('a', first.read());
        assertEquals("next", connection.readMessage().text());
        peer.expectFrame(FIN | Frames.PONG, Frames.utf8("x"));
    }

    @Test
    void aStaleReaderSaysSo() throws Exception {
        peer.send(Frames.text("one"), Frames.text("two"));
        MessageReader first = connection.nextReader();
        MessageReader second = connection.nextReader();
        IllegalStateException e = assertThrows(IllegalStateException.class, first::read);
        assertTrue(e.getMessage().contains("stale"), e.getMessage());
        assertEquals("two", new String(second.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void aMessageIsReadAsCharacters() throws Exception {
        peer.send(Frames.masked(TEXT, Frames.utf8("grüß\ndi")), Frames.masked(FIN, Frames.utf8("ch")));
        BufferedReader lines = new BufferedReader(connection.nextReader().asText());
        assertEquals("grüß", lines.readLine());
        assertEquals("dich", lines.readLine());
        assertNull(lines.readLine());
    }

    @Test
    void aReaderOutOfBoundsIsTheCallersMistakeAndHarmless() throws Exception {
        peer.send(Frames.text("x"));
        MessageReader reader = connection.nextReader();
        assertThrows(IndexOutOfBoundsException.class, () -> reader.read(new byte[2], 1, 2));
        assertEquals('x', reader.read());
    }

    @Test
    void anErrorInsideAMessageIsTheReadersAndEveryLaterReads() throws Exception {
        peer.send(Frames.masked(BINARY, new byte[] {1}), Frames.masked(FIN | BINARY, new byte[] {2}));
        MessageReader reader = connection.nextReader();
        assertEquals(1, reader.read());
        IOException e = assertThrows(IOException.class, reader::read);
        assertEquals(e, assertThrows(IOException.class, reader::read));
        assertEquals(e, assertThrows(IOException.class, connection::readMessage));
        peer.expectClose(1002);
    }

    @Test
    void aMessageThatCloseHasDroppedDoesNotLookComplete() throws Exception {
        peer.send(Frames.masked(BINARY, new byte[] {1, 2, 3}), Frames.masked(FIN, new byte[] {4}), Frames.close(1000));
        MessageReader reader = connection.nextReader();
        assertEquals(1, reader.read());
        Background.run(connection::close).result();
        IOException e = assertThrows(IOException.class, reader::read);
        assertTrue(e.getMessage().contains("closed by this side"), e.getMessage());
        assertSame(e, assertThrows(IOException.class, connection::readMessage));
    }

    @Test
    void theRestOfALargeFrameIsReadThroughALargeBuffer() throws Exception {
        Shared shared = Shared.of(peer.options());
        InputBuffers buffers = shared.pools().input();
        LargeBuffers.awaitOne(buffers);
        byte[] frame = Frames.binary(Frames.pattern(70_000));
        int head = frame.length - 70_000;
        int first = peer.options().readBufferSize() - head;
        peer.send(Arrays.copyOf(frame, head + 40_000));
        MessageReader reader = connection.nextReader();
        byte[] read = new byte[70_000];
        reader.readNBytes(read, 0, first);
        assertEquals(0, buffers.lentLarge());
        reader.readNBytes(read, first, 1);
        assertEquals(1, buffers.lentLarge());
        reader.readNBytes(read, first + 1, 40_000 - first - 1);
        assertEquals(0, buffers.lentLarge());

        byte[] next = Frames.binary(Frames.pattern(50_000));
        peer.send(Arrays.copyOfRange(frame, head + 40_000, frame.length), Arrays.copyOf(next, 20_000));
        reader.readNBytes(read, 40_000, 30_000);
        assertArrayEquals(Frames.pattern(70_000), read);
        assertEquals(-1, reader.read());
        assertEquals(1, buffers.lentLarge(), "it holds the beginning of the next message");
        Background<Message> reading = Background.start(connection::readMessage).awaitReading();
        assertEquals(0, buffers.lentLarge());
        peer.send(Arrays.copyOfRange(next, 20_000, next.length));
        assertArrayEquals(Frames.pattern(50_000), reading.result().payload());
    }
}
