package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** The first connection sends, and all receive. A message is done once everybody has it, the sender included. */
final class BroadcastLoad extends Load {
    private static final int ATTEMPTS = 20;
    private static final long ATTEMPT = TimeUnit.SECONDS.toNanos(5);
    private static final long SETTLING = TimeUnit.SECONDS.toNanos(1);

    /** Indexed by the message's number, modulo the number in flight. */
    private final long[] sentAt;

    private final int[] missing;

    private boolean synchronizing = true;
    private int outstanding;
    private Client sender;

    BroadcastLoad(LoadSettings settings, ClientLoop loop) {
        super(settings, loop);
        this.sentAt = new long[settings.depth()];
        this.missing = new int[settings.depth()];
    }

    /** All connections expect the sender's messages. */
    @Override
    protected Payload payload(int number) {
        return super.payload(0);
    }

    @Override
    String run() throws IOException {
        try (SilentPeers silent = new SilentPeers(settings)) {
            broadcast();
            if (settings.silent() > 0) {
                System.err.println("load: closed with which code, of those that read nothing: " + silent.closeCodes());
            }
        }
        return meter.json(settings, "deliveries", errors());
    }

    private void broadcast() throws IOException {
        if (openAll(settings.conns()) && synchronize()) {
            long now = System.nanoTime();
            for (int i = 0; i < settings.depth(); i++) {
                send(now);
            }
            sender.flush();
            measure();
        }
    }

    /**
     * Sends one message at a time until one has reached everybody, because a server may answer the upgrade before it
     * lists the connection.
     */
    private boolean synchronize() throws IOException {
        sender = clients.get(0);
        for (int attempt = 0; attempt < ATTEMPTS && errors() == 0; attempt++) {
            long number = sender.nextNumber();
            clients.forEach(client -> client.expect(number));
            send(System.nanoTime());
            sender.flush();
            pollUntilDone(ATTEMPT);
            if (outstanding == 0) {
                synchronizing = false;
                return true;
            }
            pollUntilDone(SETTLING);
            outstanding = 0;
            Arrays.fill(missing, 0);
        }
        error("no message has reached all connections");
        return false;
    }

    private void pollUntilDone(long nanos) throws IOException {
        long start = System.nanoTime();
        while (outstanding > 0 && System.nanoTime() - start < nanos) {
            loop.poll(10);
        }
    }

    private void send(long now) {
        int slot = (int) (sender.nextNumber() % settings.depth());
        sentAt[slot] = now;
        missing[slot] = clients.size();
        outstanding++;
        sender.ask(now);
        sender.takeTime(); // this class keeps the time, for all connections
    }

    @Override
    public void answered(Client client, long now) {
        int slot = (int) (client.lastNumber() % settings.depth());
        meter.record(sentAt[slot], now);
        if (--missing[slot] == 0) {
            outstanding--;
            if (!over && !synchronizing) {
                send(now);
                sender.flush();
            }
        }
    }

    @Override
    protected boolean isWaiting() {
        return outstanding > 0 && errors() == 0;
    }
}
