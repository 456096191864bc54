package io.twintrace.websocket.internal.engine;

import static io.twintrace.websocket.fixture.Frames.TEXT;
import static io.twintrace.websocket.fixture.Frames.utf8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.FilterTransport;
import io.twintrace.websocket.fixture.Frames;
import io.twintrace.websocket.fixture.TestPeer;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handler that waits lends what reads its messages, and somebody takes it at once. */
class LentReaderTest {
    private final WebSocketOptions options = TestPeer.quick().build();

    /** For each wait, whether something was lent. */
    private final List<Boolean> lent = new CopyOnWriteArrayList<>();

    private volatile boolean withoutMemory;

    private final TestPeer peer = TestPeer.connect(options, Taking::new);
    private final BlockingConnection connection = peer.connection();

    private final class Taking extends FilterTransport {
        Taking(Transport inner) {
            super(inner);
        }

        @Override
        public void awaitReadable() throws IOException {
            lent.add(Shared.of(options).readers().take() != null);
            if (withoutMemory) {
                throw new OutOfMemoryError("simulated");
            }
            super.awaitReadable();
        }
    }

    @AfterEach
    void close() throws Exception {
        peer.close();
    }

    @Test
    void betweenTwoMessages() throws Exception {
        Background<String> reading =
                Background.start(() -> connection.readMessage().text());
        peer.send(Frames.text("a"));
        assertEquals("a", reading.result());
        reading = Background.start(() -> connection.readMessage().text());
        peer.send(Frames.text("b"));
        assertEquals("b", reading.result());
        assertTrue(lent.stream().allMatch(each -> each), lent::toString);
    }

    @Test
    void notInTheMiddleOfAMessage() throws Exception {
        peer.send(Frames.masked(TEXT, utf8("a")));
        Background<String> reading =
                Background.start(() -> connection.readMessage().text()).awaitReading();
        peer.send(Frames.masked(Frames.FIN | Frames.CONTINUATION, utf8("b")));
        assertEquals("ab", reading.result());
        assertTrue(lent.stream().noneMatch(each -> each), lent::toString);
    }

    @Test
    void notToAPingHandlerThatClosesAndWaitsForThePeer() throws Exception {
        connection.setPingHandler(payload -> connection.close());
        Background<Object> reading = Background.start(connection::readMessage);
        peer.send(Frames.ping("")).expectClose(1000).send(Frames.close(1000));
        assertNull(reading.result());
    }

    @Test
    void readingHasEndedIfAnErrorBreaksIntoAWaitForTheClose() throws Exception {
        withoutMemory = true;
        assertThrows(OutOfMemoryError.class, connection::close);
        IOException ended = assertThrows(IOException.class, connection::readMessage);
        assertTrue(ended.getMessage().contains("after an error"), ended::toString);
    }
}
