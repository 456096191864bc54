package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Opens connections, has each echo some messages, and holds them. It reports each step on standard output, and
 * continues after a line on standard input.
 */
final class IdleLoad extends Load {
    /** Opens and closes a first batch, so that classes, pools and buffers exist before the measurement. */
    private static final int FIRST_BATCH = 500;

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    private int answers;

    IdleLoad(LoadSettings settings, ClientLoop loop) {
        super(settings, loop);
    }

    @Override
    String run() throws IOException {
        if (hold(Math.min(FIRST_BATCH, settings.conns()))) {
            List.copyOf(clients).forEach(Client::close);
            clients.clear();
            pollUntil(PATIENCE / 60);
            step("warm");
            meter.begin();
            hold(settings.conns());
            step("open");
            meter.end();
        }
        return meter.json(settings, "msgs", errors());
    }

    private void step(String name) throws IOException {
        System.out.println(name);
        input.readLine();
    }

    private boolean hold(int count) throws IOException {
        answers = 0;
        if (!openAll(count)) {
            return false;
        }
        long start = System.nanoTime();
        int expected = count * settings.messages();
        while (answers < expected && errors() == 0) {
            loop.poll(10);
            if (System.nanoTime() - start > PATIENCE) {
                error("only " + answers + " of " + expected + " messages have come back");
            }
        }
        return errors() == 0;
    }

    private void pollUntil(long nanos) throws IOException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            loop.poll(10);
        }
    }

    @Override
    public void opened(Client client) {
        super.opened(client);
        client.ask(System.nanoTime());
    }

    @Override
    public void answered(Client client, long now) {
        meter.record(client.takeTime(), now);
        answers++;
        if (client.nextNumber() < settings.messages()) {
            client.ask(now);
        }
    }
}
