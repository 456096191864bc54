package io.twintrace.websocket.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The JDK's own WebSocket client with blocking calls. Every wait gives up after a while. */
public final class JdkClient implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Events events = new Events();
    private final WebSocket socket;

    private JdkClient(HttpClient http, URI uri) throws Exception {
        socket = get(http.newWebSocketBuilder().buildAsync(uri, events));
    }

    /** Connected and upgraded. */
    public static JdkClient open(URI uri) throws Exception {
        return open(HTTP, uri);
    }

    /** Connected and upgraded through an HTTP client with settings of its own. */
    public static JdkClient open(HttpClient http, URI uri) throws Exception {
        return new JdkClient(http, uri);
    }

    /** The status of a refused handshake. */
    public static int refusal(URI uri, String header, String value) throws Exception {
        CompletableFuture<WebSocket> opening =
                HTTP.newWebSocketBuilder().header(header, value).buildAsync(uri, new Events());
        try {
            get(opening).abort();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw e;
        }
        throw new AssertionError("the handshake was accepted");
    }

    public void send(String text) throws Exception {
        get(socket.sendText(text, true));
    }

    public void send(byte[] bytes) throws Exception {
        get(socket.sendBinary(ByteBuffer.wrap(bytes), true));
    }

    /** One message, in as many fragments. */
    public void sendFragments(String... parts) throws Exception {
        for (int i = 0; i < parts.length; i++) {
            get(socket.sendText(parts[i], i == parts.length - 1));
        }
    }

    /** One message, in as many fragments. */
    public void sendFragments(byte[]... parts) throws Exception {
        for (int i = 0; i < parts.length; i++) {
            get(socket.sendBinary(ByteBuffer.wrap(parts[i]), i == parts.length - 1));
        }
    }

    /** The next message, which must be text. */
    public String receive() throws Exception {
        return receive(String.class);
    }

    /** The next message, which must be binary. */
    public byte[] receiveBytes() throws Exception {
        return receive(byte[].class);
    }

    private <T> T receive(Class<T> type) throws Exception {
        Object message = events.messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!type.isInstance(message)) {
            throw new IOException(
                    message == null
                            ? "no message has come"
                            : "a " + message.getClass().getSimpleName() + " has come");
        }
        return type.cast(message);
    }

    /** Begins to close, and waits for the server's answer. */
    public int close(int code) throws Exception {
        get(socket.sendClose(code, ""));
        return awaitClose();
    }

    /** Waits for the code of the server's Close frame; 1006 for an end without one. */
    public int awaitClose() throws Exception {
        return get(events.closed);
    }

    /** Whether the connection has ended, in any way. */
    public boolean isClosed() {
        return events.closed.isDone();
    }

    /** Ends the connection without a Close. */
    public void abort() {
        socket.abort();
    }

    @Override
    public void close() {
        abort();
    }

    private static <T> T get(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Events implements WebSocket.Listener {
        /** Strings and byte arrays. */
        private final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();

        private final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                messages.add(text.toString());
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
            byte[] part = new byte[data.remaining()];
            data.get(part);
            bytes.writeBytes(part);
            if (last) {
                messages.add(bytes.toByteArray());
                bytes.reset();
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closed.complete(statusCode);
            return null;
        }

        @Override
        public void onError(WebSocket webSocket, Throwable error) {
            closed.complete(1006);
        }
    }
}
