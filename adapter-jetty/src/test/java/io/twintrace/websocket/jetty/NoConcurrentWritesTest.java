package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.testing.NoConcurrentWrites;
import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;

/** The JUnit extension in a test with a server. It learns of a conflict before the client does. */
class NoConcurrentWritesTest {
    private static final int RUNS = 200;

    /** The server of the tests inside the test. They run one after another. */
    private static TestServer server;

    /** Two writers that close the connection when they fail, and a client whose Close frame ends the test. */
    @NoConcurrentWrites
    static class EndsWithTheClose {
        @Test
        void race() throws Exception {
            try (RawClient client = server.rawClient()) {
                client.readToClose();
            }
        }
    }

    private static void race(BlockingConnection connection) throws Exception {
        CountDownLatch together = new CountDownLatch(2);
        Thread second = new Thread(() -> writeUntilItFails(connection, together));
        second.start();
        writeUntilItFails(connection, together);
        second.join();
    }

    private static void writeUntilItFails(BlockingConnection connection, CountDownLatch together) {
        try {
            together.countDown();
            together.await();
            while (true) {
                connection.writeMessage("x");
            }
        } catch (ConcurrentWriteException e) {
            connection.beginClose(1011, "");
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aTestThatEndsWhenItsClientSeesTheCloseFailsEveryTime() throws Exception {
        int missed = 0;
        try (TestServer racing = TestServer.serving(NoConcurrentWritesTest::race)) {
            server = racing;
            for (int run = 0; run < RUNS; run++) {
                missed += (int) EngineTestKit.engine("junit-jupiter")
                        .selectors(selectClass(EndsWithTheClose.class))
                        .execute()
                        .testEvents()
                        .succeeded()
                        .count();
            }
        }
        assertEquals(0, missed, "tests of " + RUNS + " that missed their conflict");
    }
}
