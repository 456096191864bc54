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
 * The mistake that Twintrace exists for, on purpose: upon any message two threads write to the connection until the
 * detector fires. Both fail, and the server's log shows both stacks.
 */
public final class RaceServlet extends UpgradeServlet {
    private static final long serialVersionUID = 1L;

    private static final Pattern RUN = Pattern.compile("(?:^|&)run=([0-9a-fA-F-]{1,64})(?:&|$)");

    private static final int MOST_WRITES = 10_000_000;

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
                        for (int i = 0; i < MOST_WRITES; i++) {
                            write.run();
                        }
                    } catch (ConcurrentWriteException e) {
                        caught.set(e);
                    } catch (IOException | InterruptedException | BrokenBarrierException e) {
                        // The peer has left before the two have met.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Keeps the report for the page, which asks for it by the number it has given this run. */
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
