package io.twintrace.sample.it;

import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Sends binary messages from a thread of its own, as fast as the socket takes them. */
final class Flood {
    private final RawClient client;
    private final int size;
    private final int most;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();

    private volatile boolean stopping;
    private volatile int begun;
    private volatile int sent;
    private volatile long lastSent = System.nanoTime();

    private Flood(RawClient client, int size, int most) {
        this.client = client;
        this.size = size;
        this.most = most;
    }

    static Flood begin(RawClient client, int size, int most) {
        Flood flood = new Flood(client, size, most);
        Thread thread = new Thread(flood::run, "flood");
        thread.setDaemon(true);
        thread.start();
        return flood;
    }

    /** The content of the message with that number. */
    static byte[] payload(int number, int size) {
        byte[] payload = new byte[size];
        Arrays.fill(payload, (byte) number);
        return payload;
    }

    private void run() {
        try {
            for (int i = 0; i < most && !stopping; i++) {
                begun = i + 1;
                client.send(RawClient.frame(RawClient.BINARY, payload(i, size)));
                sent = i + 1;
                lastSent = System.nanoTime();
            }
            ended.complete(sent);
        } catch (Exception e) {
            ended.completeExceptionally(e);
        }
    }

    /** Waits until the socket takes no more bytes. */
    void awaitStall() throws Exception {
        Await.until(
                "the socket to be full",
                () -> System.nanoTime() - lastSent,
                quiet -> quiet > TimeUnit.MILLISECONDS.toNanos(700));
    }

    /** Begins no more messages. */
    void stop() {
        stopping = true;
    }

    boolean isRunning() {
        return !ended.isDone();
    }

    int begun() {
        return begun;
    }

    int sent() {
        return sent;
    }

    /** Waits for the end, and returns the number of messages sent. */
    int end() throws Exception {
        return ended.get(30, TimeUnit.SECONDS);
    }
}
