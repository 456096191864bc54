package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.IOException;

/** Connects, upgrades, closes and repeats, on many connections at a time. Latency covers connect and upgrade. */
final class HandshakeLoad extends Load {
    /** Ends the run against a server that refuses everything. */
    private static final int MAX_ERRORS = 1000;

    private final Payload nothing = payload(0);
    private int active;

    HandshakeLoad(LoadSettings settings, ClientLoop loop) {
        super(settings, loop);
    }

    @Override
    String run() throws IOException {
        for (int i = 0; i < settings.conns(); i++) {
            next();
        }
        measure();
        return meter.json(settings, "handshakes", errors());
    }

    private void next() {
        if (!over) {
            active++;
            connectAgain(nothing);
        }
    }

    @Override
    public void opened(Client client) {
        client.keepTime(System.nanoTime());
        client.close();
    }

    @Override
    public void answered(Client client, long now) {
        error("an unexpected message");
    }

    @Override
    public void closed(Client client) {
        active--;
        meter.record(client.createdAt(), client.takeTime());
        next();
    }

    @Override
    public void failed(Client client, IOException why) {
        super.failed(client, why);
        active--;
        if (errors() < MAX_ERRORS) {
            next();
        }
    }

    @Override
    protected boolean isWaiting() {
        return active > 0;
    }
}
