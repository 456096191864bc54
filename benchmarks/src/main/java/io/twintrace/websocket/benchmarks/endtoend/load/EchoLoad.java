package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Every connection sends messages and gets them back, with a fixed number in flight or at a fixed rate. At a rate, a
 * message's time starts when it is due, not when the sender gets to it. So a stalled server is charged for every
 * message that it delays.
 */
final class EchoLoad extends Load {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private final double interval;
    private double due;
    private int turn;

    EchoLoad(LoadSettings settings, ClientLoop loop) {
        super(settings, loop);
        this.interval = settings.rate() > 0 ? TimeUnit.SECONDS.toNanos(1) / settings.rate() : 0;
    }

    @Override
    String run() throws IOException {
        if (openAll(settings.conns())) {
            due = System.nanoTime();
            if (interval == 0) {
                clients.forEach(this::fill);
            }
            measure();
        }
        return meter.json(settings, "msgs", errors());
    }

    private void fill(Client client) {
        long now = System.nanoTime();
        for (int i = 0; i < settings.depth(); i++) {
            client.ask(now);
        }
        client.flush();
    }

    @Override
    public void answered(Client client, long now) {
        meter.record(client.takeTime(), now);
        if (interval == 0 && !over) {
            client.ask(now);
        }
    }

    @Override
    protected long beforePoll(long now) {
        if (interval == 0) {
            return super.beforePoll(now);
        }
        while (due <= now) {
            Client client = clients.get(turn++ % clients.size());
            if (client.isOpen()) {
                client.ask((long) due);
                client.flush();
            }
            due += interval;
        }
        // The selector's clock is too coarse for less than a millisecond, so poll without waiting then.
        return due - now > 2 * MILLISECOND ? 1 : 0;
    }
}
