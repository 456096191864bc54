package io.twintrace.sample;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.detect.ConcurrentWriteException;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.servlet.UpgradeServlet;
import java.io.IOException;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the mistake that Twintrace detects, on purpose. For each message, two threads write to the connection until the
 * detector finds a conflict. Both fail, and the server's log shows both stacks.
 */
public final class RaceServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1L;

    private static final Pattern RUN = Pattern.compile("(?:^|&)run=([0-9a-fA-F-]{1,64})(?:&|$)");

    private static final int MAX_WRITES = 10_000_000;

    @Override
    protected void handle(BlockingConnection connection) throws Exception {
        while (connection.readMessage() != null) {
            ConcurrentWriteReport report = race(connection);
            if (report != null) {
                runOf(connection, report);
            }
        }
    }

    private static ConcurrentWriteReport race(WebSocketConnection connection) throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(2);
        AtomicReference<ConcurrentWriteException> caught = new AtomicReference<>();
        Thread heartbeat = start("race-writer-1", together, caught, () -> writeFromHeartbeat(connection));
        Thread request = start("race-writer-2", together, caught, () -> writeFromRequest(connection));
        heartbeat.join();
        request.join();
        ConcurrentWriteException exception = caught.get();
        return exception == null ? null : exception.report();
    }

    private static void writeFromHeartbeat(WebSocketConnection connection) throws IOException {
        connection.writeMessage("{\"type\":\"heartbeat\"}");
    }

    private static void writeFromRequest(WebSocketConnection connection) throws IOException {
        connection.writeMessage("{\"type\":\"price\",\"symbol\":\"TWIN\",\"value\":2}");
    }

    private static Thread start(
            String name, CyclicBarrier together, AtomicReference<ConcurrentWriteException> caught, Write write) {
        Thread thread = new Thread(
                () -> {
                    try {
                        together.await();
                        for (int i = 0; i < MAX_WRITES; i++) {
                            write.run();
                        }
                    } catch (ConcurrentWriteException e) {
                        caught.set(e);
                    } catch (IOException | InterruptedException | BrokenBarrierException e) {
                        // The peer disconnected before the two threads collided.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Stores the report for the page, which requests it by the number it gave this run. */
    private static void runOf(WebSocketConnection connection, ConcurrentWriteReport report) {
        String query = connection.request().query();
        Matcher run = RUN.matcher(query == null ? "" : query);
        if (run.find()) {
            RaceReports.put(run.group(1), report);
        }
    }

    @FunctionalInterface
    private interface Write {
        void run() throws IOException;
    }
}
