package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.BINARY;
import static io.twintrace.websocket.fixture.Frames.CONTINUATION;
import static io.twintrace.websocket.fixture.Frames.FIN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadLimitTest {
    private final TestPeer peer =
            TestPeer.connect(TestPeer.quick().readLimit(10).build());
    private final BlockingConnection connection = peer.connection();

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void aMessageOfExactlyTheLimitIsRead() throws Exception {
        peer.send(Frames.binary(new byte[10]), Frames.binary(new byte[10]));
        assertEquals(10, connection.readMessage().payload().length);
        assertEquals(10, connection.readMessage().payload().length);
    }

    @Test
    void oneByteMoreIs1009BeforeThePayloadIsThere() throws Exception {
        peer.send(Frames.maskedHeader(FIN | BINARY, 11));
        MessageTooBigException e = peer.expectFailedRead(MessageTooBigException.class, 1009);
        assertEquals(10, e.limit());
    }

    @Test
    void theLimitCountsOverFragments() throws Exception {
        peer.send(
                Frames.masked(BINARY, new byte[4]),
                Frames.masked(CONTINUATION, new byte[4]),
                Frames.masked(FIN | CONTINUATION, new byte[3]));
        peer.expectFailedRead(MessageTooBigException.class, 1009);
    }

    @Test
    void theLimitHoldsForWhatIsDroppedAsWell() throws Exception {
        peer.send(Frames.masked(BINARY, new byte[9]), Frames.maskedHeader(CONTINUATION, 1000));
        connection.nextReader();
        peer.expectFailedRead(MessageTooBigException.class, 1009);
    }

    @Test
    void theLimitMayBeRaisedLoweredAndLifted() throws Exception {
        connection.setReadLimit(11);
        peer.send(Frames.binary(new byte[11]));
        assertEquals(11, connection.readMessage().payload().length);
        connection.setReadLimit(0);
        peer.send(Frames.binary(new byte[70000]));
        assertEquals(70000, connection.readMessage().payload().length);
        connection.setReadLimit(1);
        peer.send(Frames.binary(new byte[2]));
        peer.expectFailedRead(MessageTooBigException.class, 1009);
        assertThrows(IllegalArgumentException.class, () -> connection.setReadLimit(-1));
    }

    @Test
    void controlFramesDoNotCount() throws Exception {
        peer.send(
                Frames.masked(BINARY, new byte[9]),
                Frames.masked(FIN | Frames.PONG, new byte[125]),
                Frames.masked(FIN | CONTINUATION, new byte[1]));
        assertEquals(10, connection.readMessage().payload().length);
    }
}
