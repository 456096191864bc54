package io.twintrace.agent.it;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The JDK's client, which reads all the time. */
final class Client implements WebSocket.Listener, AutoCloseable {
    private static final int SECONDS_TO_OPEN = 10;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final AtomicLong messages = new AtomicLong();
    private final CountDownLatch answered = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder data = new StringBuilder();
    private final List<String> transcript = new ArrayList<>();
    private final boolean isRecording;
    private WebSocket socket;

    private Client(boolean isRecording) {
        this.isRecording = isRecording;
    }

    /** Opens a client that counts its messages. */
    static Client open(URI uri) throws Exception {
        return new Client(false).connected(uri);
    }

    /** Opens a client that also remembers them. */
    static Client recording(URI uri) throws Exception {
        return new Client(true).connected(uri);
    }

    private Client connected(URI uri) throws Exception {
        socket = HTTP.newWebSocketBuilder().buildAsync(uri, this).get(SECONDS_TO_OPEN, TimeUnit.SECONDS);
        return this;
    }

    /** Sends a message. */
    CompletableFuture<WebSocket> send(String message) {
        return socket.sendText(message, true);
    }

    long messages() {
        return messages.get();
    }

    /** Waits for more messages than so many, and returns whether they come in time. */
    boolean awaitMoreThan(long count, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (messages.get() <= count && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        return messages.get() > count;
    }

    /** Waits for the first message. */
    void awaitMessage(int seconds) throws InterruptedException {
        if (!answered.await(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("no message came");
        }
    }

    /** Waits until the connection has ended, and returns what has come. */
    List<String> awaitTranscript(int seconds) throws InterruptedException {
        if (!closed.await(seconds, TimeUnit.SECONDS)) {
            throw new AssertionError("the connection did not end");
        }
        return transcript;
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        webSocket.request(Long.MAX_VALUE);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
        if (isRecording) {
            text.append(part);
            if (last) {
                record("text", text);
            }
        }
        if (last) {
            messages.incrementAndGet();
            answered.countDown();
        }
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer part, boolean last) {
        if (isRecording) {
            while (part.hasRemaining()) {
                data.append(part.get());
            }
            if (last) {
                record("binary", data);
            }
        }
        if (last) {
            messages.incrementAndGet();
            answered.countDown();
        }
        return null;
    }

    @Override
    public CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer payload) {
        transcript.add("ping of " + payload.remaining());
        return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket webSocket, ByteBuffer payload) {
        transcript.add("pong of " + payload.remaining());
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
        transcript.add("close " + code + " " + reason);
        closed.countDown();
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        transcript.add("error " + error);
        closed.countDown();
    }

    private void record(String type, StringBuilder message) {
        transcript.add(type + " " + message);
        message.setLength(0);
    }

    /** Says that it leaves, and waits until the server has answered. */
    void leave(int seconds) throws Exception {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(seconds, TimeUnit.SECONDS);
        var unused = awaitTranscript(seconds);
    }

    /** Leaves without a word. */
    @Override
    public void close() {
        socket.abort();
    }
}
