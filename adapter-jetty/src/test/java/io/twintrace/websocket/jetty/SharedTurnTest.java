package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.JdkClient;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ManagedSelector;
import org.junit.jupiter.api.Test;

/**
 * Calls of non-blocking listeners that the selector's thread shares with others: those that take longer than a few small
 * messages, such as those that compress, and all if there are very many at once.
 */
class SharedTurnTest {
    private static final int CROWD = 300;

    private static final int ENOUGH_TO_BE_KNOWN_AS_LONG = 24;
    private static final long LONG_NANOS = TimeUnit.MICROSECONDS.toNanos(300);

    private final Set<Thread> met = ConcurrentHashMap.newKeySet();
    private final CountDownLatch meeting = new CountDownLatch(2);
    private final List<String> messages = new CopyOnWriteArrayList<>();

    /** Answers each message, after what its text asks for. */
    private final class Working implements WebSocketListener {
        @Override
        public boolean isNonBlocking() {
            return true;
        }

        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) throws IOException {
            String text = message.text();
            try {
                switch (text) {
                    case "work" -> work();
                    case "meet" -> meet();
                    default -> messages.add(text);
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            connection.writeMessage(text);
        }

        /** Waits until two threads are here at once. */
        private void meet() throws InterruptedException {
            if (met.add(Thread.currentThread())) {
                meeting.countDown();
            }
            boolean hasMet = meeting.await(10, TimeUnit.SECONDS);
            meeting.countDown(); // after a failure, the others need not wait as long
            assertTrue(hasMet, "no other thread has come");
        }

        private static void work() {
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < LONG_NANOS) {
                Thread.onSpinWait();
            }
        }
    }

    private TestServer server() throws Exception {
        return TestServer.serving(new Working(), WebSocketOptions.defaults());
    }

    private static void workUntilItIsKnown(JdkClient client) throws Exception {
        for (int i = 0; i < ENOUGH_TO_BE_KNOWN_AS_LONG; i++) {
            client.send("work");
            assertEquals("work", client.receive());
        }
    }

    /** Until the latch opens, the selectors find no input. Then they find all that has come, at once. */
    private CountDownLatch hold(TestServer server) throws InterruptedException {
        Collection<ManagedSelector> selectors =
                server.connector().getSelectorManager().getBeans(ManagedSelector.class);
        CountDownLatch held = new CountDownLatch(selectors.size());
        CountDownLatch release = new CountDownLatch(1);
        for (ManagedSelector each : selectors) {
            each.submit(selector -> {
                held.countDown();
                try {
                    boolean unused = release.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        assertTrue(held.await(10, TimeUnit.SECONDS));
        return release;
    }

    @Test
    void severalLongOnesAreTakenAtATime() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor gains nothing by a second thread");
        try (TestServer server = server();
                JdkClient one = server.client();
                JdkClient other = server.client()) {
            workUntilItIsKnown(one);
            workUntilItIsKnown(other);
            CountDownLatch release = hold(server);
            one.send("meet");
            other.send("meet");
            release.countDown();
            assertEquals("meet", one.receive());
            assertEquals("meet", other.receive());
        }
    }

    @Test
    void longOnesDoNotHoldUpShortOnes() throws Exception {
        try (TestServer server = server();
                JdkClient working = server.client()) {
            List<JdkClient> chatting = new ArrayList<>();
            for (int i = 0; i < 10; i++) { // a selector goes through them in any order
                JdkClient client = server.client();
                chatting.add(client);
                client.send("hello");
                assertEquals("hello", client.receive());
            }
            workUntilItIsKnown(working);
            CountDownLatch release = hold(server);
            messages.clear();
            working.send("long");
            for (JdkClient each : chatting) {
                each.send("short");
            }
            release.countDown();
            assertEquals("long", working.receive());
            for (JdkClient each : chatting) {
                assertEquals("short", each.receive());
                each.close();
            }
            assertEquals("long", messages.get(chatting.size()));
        }
    }

    @Test
    void ofVeryManySeveralAreTakenAtATime() throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "one processor gains nothing by a second thread");
        List<RawClient> clients = new ArrayList<>();
        try (TestServer server = server()) {
            for (int i = 0; i < CROWD; i++) {
                clients.add(RawClient.open(server.port(), "/ws"));
            }
            for (int round = 0; round < 3; round++) {
                boolean isLast = round == 2; // by now it is known that there are very many
                CountDownLatch release = hold(server);
                for (int i = 0; i < CROWD; i++) {
                    clients.get(i).send(RawClient.text(isLast ? "meet" : "short"));
                }
                release.countDown();
                for (int i = 0; i < CROWD; i++) {
                    assertEquals(
                            isLast ? "meet" : "short", clients.get(i).read().text());
                }
            }
        } finally {
            for (RawClient each : clients) {
                each.close();
            }
        }
    }
}
