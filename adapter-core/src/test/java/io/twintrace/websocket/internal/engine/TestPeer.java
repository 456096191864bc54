package io.twintrace.websocket.internal.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.BlockingConnection;
import io.twintrace.websocket.Message;
import io.twintrace.websocket.ProtocolException;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConcurrentWriteReport;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.internal.handshake.Handshake;
import io.twintrace.websocket.internal.io.SocketTransport;
import io.twintrace.websocket.internal.io.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** The client's end of a loopback socket, byte by byte, and the server's connection over the other end. */
final class TestPeer implements AutoCloseable {
    static final Duration CLOSE_TIMEOUT = Duration.ofMillis(300);

    private final Socket socket;
    private final BlockingConnection connection;
    private final WebSocketOptions options;
    private final List<ConcurrentWriteReport> logged = new CopyOnWriteArrayList<>();
    private final List<String> warnings = new CopyOnWriteArrayList<>();

    private TestPeer(
            WebSocketOptions options, Optional<DeflateParameters> deflate, int buffers, UnaryOperator<Transport> around)
            throws IOException {
        this.options = options;
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            socket = new Socket();
            if (buffers > 0) {
                socket.setReceiveBufferSize(buffers);
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) Background.PATIENCE_SECONDS * 1000);
            socket.connect(listener.getLocalAddress());
            SocketChannel accepted = listener.accept();
            accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            if (buffers > 0) {
                accepted.setOption(StandardSocketOptions.SO_SNDBUF, buffers);
            }
            HandshakeRequest request = new HandshakeRequest("GET", "HTTP/1.1", "/test", null, null, Map.of());
            connection = new ConnectionFactory(options, logged::add, warnings::add)
                    .open(
                            around.apply(new SocketTransport(accepted)),
                            request,
                            new Accepted(Map.of(), Optional.empty(), deflate));
        }
    }

    /** Default limits, but a short close timeout. */
    static WebSocketOptions.Builder quick() {
        return WebSocketOptions.builder().closeTimeout(CLOSE_TIMEOUT);
    }

    static TestPeer connect() {
        return connect(quick().build());
    }

    static TestPeer connect(WebSocketOptions options) {
        return connect(options, transport -> transport);
    }

    static TestPeer connect(WebSocketOptions options, UnaryOperator<Transport> around) {
        return open(options, Optional.empty(), 0, around);
    }

    /** A connection whose client has offered permessage-deflate with these parameters, as they stand in the header. */
    static TestPeer connectDeflating(WebSocketOptions options, String parameters) {
        return connectDeflating(options, parameters, transport -> transport);
    }

    static TestPeer connectDeflating(WebSocketOptions options, String parameters, UnaryOperator<Transport> around) {
        String header = parameters.isEmpty() ? "permessage-deflate" : "permessage-deflate; " + parameters;
        Optional<DeflateParameters> deflate = negotiated(options, header);
        assertTrue(deflate.isPresent(), () -> "declined: " + header);
        return open(options, deflate, 0, around);
    }

    private static Optional<DeflateParameters> negotiated(WebSocketOptions options, String header) {
        HandshakeRequest request = new HandshakeRequest(
                "GET",
                "HTTP/1.1",
                "/test",
                null,
                null,
                Map.of(
                        "Connection", List.of("Upgrade"),
                        "Upgrade", List.of("websocket"),
                        "Sec-WebSocket-Version", List.of("13"),
                        "Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ=="),
                        "Sec-WebSocket-Extensions", List.of(header)));
        return ((Accepted) new Handshake(options.originPolicy(), options.subprotocols(), options.deflate())
                        .answer(request))
                .deflate();
    }

    /** Connects with so little buffering that a writer soon waits for a peer that does not read. */
    static TestPeer connectTight(WebSocketOptions options) {
        return open(options, Optional.empty(), 8 * 1024, transport -> transport);
    }

    private static TestPeer open(
            WebSocketOptions options,
            Optional<DeflateParameters> deflate,
            int buffers,
            UnaryOperator<Transport> around) {
        try {
            return new TestPeer(options, deflate, buffers, around);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BlockingConnection connection() {
        return connection;
    }

    WebSocketOptions options() {
        return options;
    }

    Socket socket() {
        return socket;
    }

    /** The conflicts in the log. */
    List<ConcurrentWriteReport> logged() {
        return logged;
    }

    /** The other entries in the log. */
    List<String> warnings() {
        return warnings;
    }

    // ---- Sending --------------------------------------------------------------------------------------------------

    TestPeer send(byte[]... pieces) throws IOException {
        socket.getOutputStream().write(Frames.concat(pieces));
        return this;
    }

    TestPeer sendHex(String hex) throws IOException {
        return send(Frames.hex(hex));
    }

    /** Nothing more comes from the client; it can still read. */
    TestPeer sendEof() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Vanishes with a TCP reset. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    // ---- Receiving ------------------------------------------------------------------------------------------------

    byte[] receive(int length) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(length);
        assertEquals(
                length,
                bytes.length,
                () -> "the stream ended after " + HexFormat.of().formatHex(bytes));
        return bytes;
    }

    TestPeer expect(byte[] expected) throws IOException {
        byte[] actual = receive(expected.length);
        if (!Arrays.equals(expected, actual)) {
            assertEquals(shortHex(expected), shortHex(actual), "mismatch at " + Arrays.mismatch(expected, actual));
        }
        return this;
    }

    TestPeer expectHex(String hex) throws IOException {
        return expect(Frames.hex(hex));
    }

    /** A frame as the server sends it, its first byte given. */
    TestPeer expectFrame(int first, byte[] payload) throws IOException {
        return expect(Frames.plain(first, payload));
    }

    /** Without a reason, or with one if the code says that the server has failed the connection. */
    TestPeer expectClose(int code) throws IOException {
        if (Frames.isFailure(code)) {
            String unused = failureReason(code);
            return this;
        }
        return expectClose(code, "");
    }

    /** The reason of the next Close frame, which must have one. */
    private String failureReason(int code) throws IOException {
        byte[] header = receive(2);
        byte[] payload = receive(header[1]);
        String reason = new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        String frame = HexFormat.of().formatHex(header) + HexFormat.of().formatHex(payload);
        assertArrayEquals(
                Frames.plain(Frames.FIN | Frames.CLOSE, Frames.closePayload(code, reason)), Frames.hex(frame));
        assertFalse(reason.isEmpty(), () -> "no reason in " + frame);
        return reason;
    }

    TestPeer expectClose(int code, String reason) throws IOException {
        return expectFrame(Frames.FIN | Frames.CLOSE, Frames.closePayload(code, reason));
    }

    TestPeer expectEof() throws IOException {
        assertEquals(-1, socket.getInputStream().read(), "expected the end of the stream");
        return this;
    }

    /** The server's next read fails, and the client learns why before the end of the stream. */
    <X extends Throwable> X expectFailedRead(Class<X> type, int closeCode) throws IOException {
        Background<Message> reading = Background.start(connection::readMessage);
        String reason = failureReason(closeCode);
        expectEof().sendEof();
        X failure = reading.failure(type);
        if (failure instanceof ProtocolException protocol) {
            assertEquals(protocol.reason(), reason);
        }
        return failure;
    }

    /** Waits until the connection is gone, by its end or by a reset. Drops earlier input. */
    void expectGone() throws IOException {
        try {
            while (socket.getInputStream().read(new byte[8192]) >= 0) {}
        } catch (SocketException e) {
            // A reset ends it as well.
        }
    }

    /** Neither pool has lent anything. */
    void expectNothingLent() {
        Background.eventually(
                "all buffers back; read pool "
                        + Shared.of(options).pools().read().lent() + ", write pool "
                        + Shared.of(options).pools().write().lent(),
                () -> Shared.of(options).pools().read().lent() == 0
                        && Shared.of(options).pools().write().lent() == 0);
        assertEquals(0, Shared.of(options).pools().read().lent());
        assertEquals(0, Shared.of(options).pools().write().lent());
    }

    private static String shortHex(byte[] bytes) {
        String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 64));
        return bytes.length <= 64 ? hex : hex + "... (" + bytes.length + " bytes)";
    }

    /** Ends both sides. Every scenario must leave the pools balanced. */
    @Override
    public void close() throws IOException {
        socket.close();
        connection.abort();
        expectNothingLent();
    }
}
