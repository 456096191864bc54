package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads write until their stack overflows. Whatever they leave undone, the container's selector and pool continue to
 * serve other connections.
 */
@Timeout(120)
class StackOverflowTest {
    private static final int ROUNDS = 30;

    /** Shorter than the close timeout: the connection ends at once. */
    private static final Duration AT_ONCE = Duration.ofSeconds(4);

    @SuppressWarnings("InfiniteRecursion")
    private static void fall(WebSocketConnection connection, int frames) throws IOException {
        if (frames == 0) {
            connection.writeMessage("x");
        }
        fall(connection, Math.max(0, frames - 1));
    }

    /** Starts at another depth each time, so that the stack ends at another place. */
    private static void fall(WebSocketConnection connection) throws IOException {
        fall(connection, ThreadLocalRandom.current().nextInt(100));
    }

    @Test
    void nextHandshakeIsAnsweredAfterAHandlersStackHasOverflowed() throws Exception {
        try (TestServer server = TestServer.serving(connection -> {
            connection.readMessage();
            fall(connection);
        })) {
            assertEachEndsAtOnce(server);
        }
    }

    @Test
    void nextHandshakeIsAnsweredAfterAListenersStackHasOverflowed() throws Exception {
        WebSocketListener listener = new WebSocketListener() {
            @Override
            public void onText(WebSocketConnection connection, String text) throws Exception {
                fall(connection);
            }
        };
        try (TestServer server = TestServer.serving(listener, WebSocketOptions.defaults())) {
            assertEachEndsAtOnce(server);
        }
    }

    private static void assertEachEndsAtOnce(TestServer server) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (RawClient client = server.rawClient()) {
                client.send(RawClient.text("go"));
                if (client.readToClose() != 1006) { // the stack ended between two frames
                    client.send(RawClient.close(1011));
                }
                Duration took = client.awaitEnd();
                assertTrue(took.compareTo(AT_ONCE) < 0, "round " + round + " ended after " + took);
            }
        }
        Await.until("no thread of the library", TestThreads::handlers, List::isEmpty);
    }
}
