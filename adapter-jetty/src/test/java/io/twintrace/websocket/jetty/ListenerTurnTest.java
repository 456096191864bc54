package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.util.Arrays;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** The effect of one connection on others that share its selecting thread. */
class ListenerTurnTest {
    private static final int MIB = 1 << 20;

    /**
     * Sends small messages back, and counts large ones. The first large one waits for the release. From then on it
     * counts the messages that its thread shows, until the thread shows a small one.
     */
    private static final class Counting extends EchoListener.NonBlocking {
        private final AtomicInteger large = new AtomicInteger();
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch release = new CountDownLatch(1);
        private volatile Thread selecting;
        private final AtomicInteger shownInARow = new AtomicInteger();

        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
            if (message.length() < MIB) {
                selecting = null;
                connection.writeMessage(message);
            } else if (large.incrementAndGet() == 1) {
                selecting = Thread.currentThread();
                begun.countDown();
                assertTrue(release.await(10, TimeUnit.SECONDS));
            } else if (selecting == Thread.currentThread()) {
                shownInARow.incrementAndGet();
            }
        }
    }

    private static byte[] compressedMiB() {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(new byte[MIB]);
        byte[] out = new byte[8192];
        int n = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        deflater.end();
        return RawClient.frame(RawClient.BINARY | RawClient.RSV1, Arrays.copyOf(out, n - 4));
    }

    @Test
    void aPeerWhoseMessagesInflateToMuchDoesNotHoldUpOthers() throws Exception {
        Counting listener = new Counting();
        WebSocketOptions options = WebSocketOptions.builder()
                .deflate(DeflateOptions.off().withEnabled(true))
                .build();
        byte[] all = RawClient.concat(Collections.nCopies(60, compressedMiB()).toArray(byte[][]::new));
        try (TestServer server = TestServer.serving(listener, options);
                RawClient bystander = server.rawClient();
                RawClient attacker = RawClient.open(
                        server.port(),
                        "/ws",
                        "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover")) {
            attacker.send(RawClient.text("hello"));
            assertEquals("hello", attacker.read().text()); // so the selector's thread finds the next input
            attacker.send(all); // no more than the buffers of a socket hold
            assertTrue(listener.begun.await(10, TimeUnit.SECONDS));
            bystander.send(RawClient.text("anybody there?"));
            listener.release.countDown();
            assertEquals("anybody there?", bystander.read().text());
            int meanwhile = listener.shownInARow.get();
            assertTrue(meanwhile < 8, () -> meanwhile + " MiB more were inflated before the bystander's turn");
            Await.until("all messages", listener.large::get, n -> n == 60);
        } finally {
            listener.release.countDown();
        }
    }

    @Test
    void aListenerThatBlocksTheThreadThatSelectsIsLoggedWithItsStack() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        WebSocketListener blocking = new EchoListener.NonBlocking() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                if (!release.await(15, TimeUnit.SECONDS)) {
                    throw new AssertionError("was not released");
                }
                super.onMessage(connection, message);
            }
        };
        try (TestServer server = TestServer.serving(blocking, WebSocketOptions.defaults());
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("hello"));
            server.log().await("(slow-call-threshold is 200 ms)");
            server.log().await(".onMessage(ListenerTurnTest.java:");
            String log = server.log().text();
            assertTrue(
                    log.contains("(/ws): a call of " + blocking.getClass().getName() + " has held the thread \"qtp"),
                    log);
            assertTrue(log.contains("\tat java.util.concurrent.CountDownLatch.await("), log);
            assertFalse(log.contains("\tat org.eclipse.jetty."), log);
            release.countDown();
            assertEquals("hello", client.read().text());
            client.send(RawClient.close(1000));
            client.readToClose();
            client.shutdownOutput();
            server.log().await(" has ended: 1 call of " + blocking.getClass().getName());
        } finally {
            release.countDown();
        }
    }

    @Test
    void aMessageLeavesBeforeALongCallEnds() throws Exception {
        CountDownLatch received = new CountDownLatch(1);
        WebSocketListener writing = new WebSocketListener() {
            @Override
            public void onMessage(WebSocketConnection connection, MessageView message) throws Exception {
                connection.writeMessage("soon");
                boolean inTime = received.await(10, TimeUnit.SECONDS);
                connection.writeMessage("received in time: " + inTime);
            }
        };
        try (TestServer server = TestServer.serving(writing, WebSocketOptions.defaults());
                RawClient client = server.rawClient()) {
            client.send(RawClient.text("go"));
            assertEquals("soon", client.read().text());
            received.countDown();
            assertEquals("received in time: true", client.read().text());
        }
    }
}
