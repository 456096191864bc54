package io.twintrace.agent.it;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/** A client that reads all the time, and sends its messages one after another. Any number of threads may send. */
final class Member implements WebSocket.Listener, AutoCloseable {
    private static final int SECONDS_TO_OPEN = 10;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Consumer<String> onText;
    private final Consumer<ByteBuffer> onData;
    private final StringBuilder text = new StringBuilder();
    private ByteBuffer data = ByteBuffer.allocate(0);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition received = lock.newCondition();

    /** Guarded by the lock. */
    private CompletableFuture<WebSocket> sent;

    /** Guarded by the lock. Null while the connection is open. */
    private String end;

    private Member(Consumer<String> onText, Consumer<ByteBuffer> onData) {
        this.onText = onText;
        this.onData = onData;
    }

    /** Opens a connection that takes no notice of binary messages. */
    static Member join(URI uri, Consumer<String> onText) throws Exception {
        return join(uri, onText, data -> {});
    }

    /** Opens a connection. The consumers run one after another. */
    static Member join(URI uri, Consumer<String> onText, Consumer<ByteBuffer> onData) throws Exception {
        Member member = new Member(onText, onData);
        WebSocket socket = HTTP.newWebSocketBuilder().buildAsync(uri, member).get(SECONDS_TO_OPEN, TimeUnit.SECONDS);
        member.sent = CompletableFuture.completedFuture(socket);
        return member;
    }

    void send(String message) {
        afterTheLast(socket -> socket.sendText(message, true));
    }

    void send(ByteBuffer message) {
        afterTheLast(socket -> socket.sendBinary(message, true));
    }

    private void afterTheLast(Function<WebSocket, CompletionStage<WebSocket>> send) {
        lock.lock();
        try {
            sent = sent.thenCompose(send);
        } finally {
            lock.unlock();
        }
    }

    /** Looks after each message, under a lock, whether the condition holds, and returns whether it does in time. */
    boolean await(Duration patience, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (end != null) {
                    throw new AssertionError("the connection has ended: " + end);
                }
                if (received.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onOpen(WebSocket webSocket) {
        webSocket.request(Long.MAX_VALUE);
    }

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            String message = text.toString();
            text.setLength(0);
            changed(() -> onText.accept(message));
        }
        return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer part, boolean last) {
        data = ByteBuffer.allocate(data.remaining() + part.remaining())
                .put(data)
                .put(part)
                .flip();
        if (last) {
            ByteBuffer message = data;
            data = ByteBuffer.allocate(0);
            changed(() -> onData.accept(message));
        }
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
        changed(() -> end = "close " + code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        changed(() -> end = error.toString());
    }

    private void changed(Runnable change) {
        lock.lock();
        try {
            change.run();
            received.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Says goodbye, once all is sent. */
    @Override
    public void close() {
        afterTheLast(socket -> socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
    }
}
