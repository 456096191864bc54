package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Eight peaceful clients on one server, of handlers and of listeners in turn, and how long their echoes take. */
final class Neighbors implements AutoCloseable {
    private static final int COUNT = 8;
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final List<RawClient> clients = new ArrayList<>();

    Neighbors(SampleServer server) throws IOException {
        for (int i = 0; i < COUNT; i++) {
            String path = i % 2 == 0 ? "/echo" : "/echo/push";
            clients.add(RawClient.open(server.port(), server.path(path)));
        }
    }

    /** Lets all of them echo for some time, and returns the longest time that one of them has waited. */
    Duration slowestEchoWithin(Duration time) throws IOException {
        long begin = System.nanoTime();
        long slowest = 0;
        for (int i = 0; System.nanoTime() - begin < time.toNanos(); i++) {
            String text = "message " + i;
            for (RawClient client : clients) {
                long sent = System.nanoTime();
                client.send(RawClient.text(text));
                assertEquals(text, client.read().text());
                slowest = Math.max(slowest, System.nanoTime() - sent);
            }
            LockSupport.parkNanos(PAUSE.toNanos()); // to leave the processors to the others
        }
        return Duration.ofNanos(slowest);
    }

    @Override
    public void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }
}
