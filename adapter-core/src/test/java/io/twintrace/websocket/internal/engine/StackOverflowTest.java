package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.ControlType;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.fixture.Background;
import io.twintrace.websocket.fixture.MemoryTransport;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread whose stack overflows in a write leaves no other thread waiting. */
@Timeout(120)
class StackOverflowTest {
    private static final int ROUNDS = 300;
    private static final int SMALL_STACK = 256 * 1024;

    @SuppressWarnings("InfiniteRecursion")
    private static void fall(WebSocketConnection connection, int frames) throws IOException {
        if (frames == 0) {
            connection.writeMessage("x");
        }
        fall(connection, Math.max(0, frames - 1));
    }

    @Test
    void anotherThreadsPingIsSentOrRefused() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int frames = round % 100;
            BlockingConnection connection =
                    new MemoryTransport(new byte[0], List.of(1)).connection(WebSocketOptions.defaults());
            FutureTask<Void> falling = new FutureTask<>(() -> {
                assertThrows(StackOverflowError.class, () -> fall(connection, frames));
                return null;
            });
            Thread faller = new Thread(null, falling, "faller", SMALL_STACK);
            faller.start();
            falling.get();
            Background<Void> ping = Background.run(() -> {
                try {
                    connection.writeControl(ControlType.PING, new byte[0], null);
                } catch (IOException e) {
                    // The connection was broken off.
                }
            });
            ping.result();
            connection.abort();
        }
    }
}
