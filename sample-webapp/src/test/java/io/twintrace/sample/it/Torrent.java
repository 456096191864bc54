package io.twintrace.sample.it;

import io.twintrace.websocket.testkit.RawClient;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Sends the same bytes over and over from a thread of its own, until the connection has ended. */
final class Torrent {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicLong sent = new AtomicLong();
    private volatile long lastSent = System.nanoTime();

    private Torrent() {}

    static Torrent begin(RawClient client, byte[] first, byte[] again) {
        Torrent torrent = new Torrent();
        Thread thread = new Thread(() -> torrent.run(client, first, again), "torrent");
        thread.setDaemon(true);
        thread.start();
        return torrent;
    }

    private void run(RawClient client, byte[] first, byte[] again) {
        try {
            client.send(first);
            while (true) {
                client.send(again);
                sent.addAndGet(again.length);
                lastSent = System.nanoTime();
            }
        } catch (IOException e) {
            ended.complete(null); // as it should be
        }
    }

    /** The number of bytes sent. */
    long sent() {
        return sent.get();
    }

    /** Whether the socket takes no more bytes. */
    boolean isStuck() {
        return System.nanoTime() - lastSent > TimeUnit.MILLISECONDS.toNanos(700);
    }

    void awaitEnd() throws Exception {
        ended.get(10, TimeUnit.SECONDS);
    }
}
