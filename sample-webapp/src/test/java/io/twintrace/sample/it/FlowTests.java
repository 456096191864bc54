package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Peers that send without reading, or both at once. A server that reads and writes on one thread must survive it. */
interface FlowTests extends OnServer {
    int MESSAGE = 64 * 1024;

    @Test
    default void manyMessagesUnderWayInBothDirectionsAllComeBack(TestReporter reporter) throws Exception {
        int messages = 512;
        try (RawClient client = open("/echo")) {
            long begin = System.nanoTime();
            Flood flood = Flood.begin(client, MESSAGE, messages);
            expectEchoes(client, messages);
            assertEquals(messages, flood.end());
            double seconds = (System.nanoTime() - begin) / 1e9;
            reporter.publishEntry("MiB/s each way", String.format("%.0f", messages * MESSAGE / 1048576.0 / seconds));
        }
    }

    /** The handler waits in a write, the socket's buffers are full in both directions, and no CPU time is used. */
    @Test
    default void aPeerThatFloodsAndDoesNotReadCostsNothingAndHoldsUpNobody(TestReporter reporter) throws Exception {
        try (RawClient stuck = open("/echo");
                RawClient other = open("/echo")) {
            Flood flood = Flood.begin(stuck, MESSAGE, Integer.MAX_VALUE);
            flood.awaitStall();

            Duration used = Await.until(
                    "the server to use less than 0.5 s of CPU in 2 s", // the compiler works on what the flood has used
                    () -> cpuOfTwentyEchoes(other),
                    each -> each.toMillis() < 500);
            reporter.publishEntry("CPU in 2 s", used.toMillis() + " ms");

            flood.stop();
            int sent = expectEchoesUntilEnd(stuck, flood);
            assertEquals("done", sentAndReceived(stuck, "done"));
            reporter.publishEntry("messages until stuck", Integer.toString(sent));
        }
    }

    private Duration cpuOfTwentyEchoes(RawClient other) throws Exception {
        Duration before = server().process().cpuTime();
        for (int i = 0; i < 20; i++) {
            long took = echo(other, "message " + i);
            assertTrue(took < 5e9, () -> "another connection's echo took " + took + " ns");
            TimeUnit.MILLISECONDS.sleep(100); // the time in which the CPU is watched
        }
        return server().process().cpuTime().minus(before);
    }

    private static void expectEchoes(RawClient client, int messages) throws Exception {
        for (int i = 0; i < messages; i++) {
            assertArrayEquals(Flood.payload(i, MESSAGE), client.read().payload());
        }
    }

    /** Reads until everything that was sent has come back. */
    private static int expectEchoesUntilEnd(RawClient client, Flood flood) throws Exception {
        int read = 0;
        while (flood.isRunning() || read < flood.sent()) {
            assertArrayEquals(Flood.payload(read, MESSAGE), client.read().payload());
            read++;
            if (read == flood.begun()) {
                Await.until("the last message to be sent", flood::isRunning, running -> !running);
            }
        }
        return flood.end();
    }

    private static long echo(RawClient client, String text) throws Exception {
        long begin = System.nanoTime();
        assertEquals(text, sentAndReceived(client, text));
        return System.nanoTime() - begin;
    }

    private static String sentAndReceived(RawClient client, String text) throws Exception {
        client.send(RawClient.text(text));
        return client.read().text();
    }
}
