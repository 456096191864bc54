package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A peaceful client that expects its echoes while others misbehave. */
final class Bystander implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RawClient client;
    private final FutureTask<Duration> task = new FutureTask<>(this::echoUntilEnd);
    private volatile boolean ending;

    Bystander(RawClient client) {
        this.client = client;
        Thread thread = new Thread(task, "bystander");
        thread.setDaemon(true);
        thread.start();
    }

    private Duration echoUntilEnd() throws IOException {
        long slowest = 0;
        for (int i = 0; !ending; i++) {
            long begin = System.nanoTime();
            client.send(RawClient.text("message " + i));
            String answer = client.read().text();
            slowest = Math.max(slowest, System.nanoTime() - begin);
            assertTrue(answer.equals("message " + i), answer);
        }
        return Duration.ofNanos(slowest);
    }

    /** Ends it; every echo must have come in time. */
    Duration end() throws Exception {
        ending = true;
        Duration slowest = task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertTrue(slowest.compareTo(PATIENCE) < 0, () -> "an echo took " + slowest);
        return slowest;
    }

    @Override
    public void close() throws IOException {
        ending = true;
        client.close();
    }
}
