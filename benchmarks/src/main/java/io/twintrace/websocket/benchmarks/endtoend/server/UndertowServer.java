package io.twintrace.websocket.benchmarks.endtoend.server;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.PathHandler;
import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.xnio.Options;

/** Undertow's own WebSocket API, on its I/O threads. */
final class UndertowServer implements TestServer {
    private final Set<WebSocketChannel> connected = ConcurrentHashMap.newKeySet();

    /** Takes the message limit. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new UndertowServer());
    }

    @Override
    public int start(int messageLimit) {
        PathHandler paths = new PathHandler()
                .addExactPath("/echo", upgrade((exchange, channel) -> listen(channel, new Echo(messageLimit))))
                .addExactPath("/broadcast", upgrade((exchange, channel) -> {
                    connected.add(channel);
                    channel.addCloseTask(connected::remove);
                    listen(channel, new Broadcast(messageLimit, connected));
                }));
        Undertow undertow = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setDirectBuffers(true)
                .setSocketOption(Options.BACKLOG, ACCEPT_QUEUE)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, -1)
                .setHandler(paths)
                .build();
        undertow.start();
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    private static WebSocketProtocolHandshakeHandler upgrade(WebSocketConnectionCallback callback) {
        return new WebSocketProtocolHandshakeHandler(callback)
                .addExtension(new PerMessageDeflateHandshake(false, PEERS_DEFLATE_LEVEL));
    }

    private static void listen(WebSocketChannel channel, AbstractReceiveListener listener) {
        channel.getReceiveSetter().set(listener);
        channel.resumeReceives();
    }

    private static ByteBuffer copyOf(ByteBuffer[] parts) {
        int length = 0;
        for (ByteBuffer part : parts) {
            length += part.remaining();
        }
        ByteBuffer copy = ByteBuffer.allocate(length);
        for (ByteBuffer part : parts) {
            copy.put(part);
        }
        return copy.flip();
    }

    private static class Limited extends AbstractReceiveListener {
        private final int messageLimit;

        Limited(int messageLimit) {
            this.messageLimit = messageLimit;
        }

        @Override
        protected long getMaxTextBufferSize() {
            return messageLimit;
        }

        @Override
        protected long getMaxBinaryBufferSize() {
            return messageLimit;
        }
    }

    private static final class Echo extends Limited {
        Echo(int messageLimit) {
            super(messageLimit);
        }

        @Override
        protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
            WebSockets.sendText(message.getData(), channel, null);
        }

        @Override
        protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
            try (var data = message.getData()) {
                WebSockets.sendBinary(copyOf(data.getResource()), channel, null);
            }
        }
    }

    /** Encodes the text once. Undertow writes the headers. */
    private static final class Broadcast extends Limited {
        private final Set<WebSocketChannel> connected;

        Broadcast(int messageLimit, Set<WebSocketChannel> connected) {
            super(messageLimit);
            this.connected = connected;
        }

        @Override
        protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
            ByteBuffer text = ByteBuffer.wrap(message.getData().getBytes(StandardCharsets.UTF_8));
            connected.forEach(each -> WebSockets.sendText(text.duplicate(), each, null));
        }

        @Override
        protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
            try (var data = message.getData()) {
                ByteBuffer binary = copyOf(data.getResource());
                connected.forEach(each -> WebSockets.sendBinary(binary.duplicate(), each, null));
            }
        }
    }
}
