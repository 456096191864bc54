package io.twintrace.sample.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One connection of a WebSocket client. Used by the thread of its loop. */
final class Connection implements ServerFrames.Events {
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] (\\d{3}) ");
    private static final Pattern RETRY_AFTER = Pattern.compile("(?i)\r\nRetry-After: (\\d+)\r\n");
    private static final String END_OF_HEAD = "\r\n\r\n";
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final long OPENING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Gets what happens to a connection. */
    interface Events {
        void opened();

        /** A message. The payload may be used during the call. */
        void text(ByteBuffer payload);

        /** Nothing more happens. */
        void ended(Ending ending);
    }

    private enum State {
        CONNECTING,
        UPGRADING,
        OPEN,
        CLOSING,
        CLOSED
    }

    private final EventLoop loop;
    private final Events events;
    private final String path;
    private final SocketChannel channel = SocketChannel.open();
    private final ServerFrames frames = new ServerFrames(this);
    private final SelectionKey key;
    private State state = State.CONNECTING;
    private String head = "";

    /** What the socket has not taken yet; ready to be written. */
    private ByteBuffer unsent = ByteBuffer.allocate(0);

    private int closeCode;

    private Connection(EventLoop loop, String path, Events events) throws IOException {
        this.loop = loop;
        this.path = path;
        this.events = events;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
    }

    /** Begins to connect. */
    static Connection open(EventLoop loop, InetSocketAddress address, String path, Events events) throws IOException {
        Connection connection = new Connection(loop, path, events);
        loop.after(OPENING_NANOS, connection::endUnlessOpen);
        try {
            if (connection.channel.connect(address)) {
                connection.upgrade();
            }
        } catch (IOException e) {
            loop.execute(() -> connection.failed(e)); // after this call
        }
        return connection;
    }

    void ready() {
        try {
            if (key.isConnectable() && channel.finishConnect()) {
                upgrade();
            } else if (key.isValid() && key.isWritable()) {
                write();
            }
            if (state != State.CLOSED && key.isReadable()) {
                read();
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void upgrade() throws IOException {
        state = State.UPGRADING;
        key.interestOps(SelectionKey.OP_READ);
        send(ByteBuffer.wrap(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
                        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" + END_OF_HEAD)
                .getBytes(StandardCharsets.US_ASCII)));
    }

    /** Sends a text as soon as the socket takes it. */
    void send(String text) {
        try {
            send(ClientFrame.of(ClientFrame.TEXT, text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            loop.execute(() -> failed(e)); // after this call
        }
    }

    private void send(ByteBuffer bytes) throws IOException {
        unsent = ByteBuffer.allocate(unsent.remaining() + bytes.remaining())
                .put(unsent)
                .put(bytes)
                .flip();
        write();
    }

    private void write() throws IOException {
        channel.write(unsent);
        key.interestOps(SelectionKey.OP_READ | (unsent.hasRemaining() ? SelectionKey.OP_WRITE : 0));
    }

    private void read() throws IOException {
        ByteBuffer in = frames.withRest(loop.input());
        if (channel.read(in) < 0) {
            throw new EOFException();
        }
        in.flip();
        if (state == State.UPGRADING) {
            readHead(in);
        }
        if (state == State.OPEN || state == State.CLOSING) {
            frames.read(in);
        }
    }

    private void readHead(ByteBuffer in) {
        while (in.hasRemaining() && !head.endsWith(END_OF_HEAD)) {
            head += (char) in.get();
        }
        if (!head.endsWith(END_OF_HEAD)) {
            return;
        }
        Matcher status = STATUS.matcher(head);
        int number = status.lookingAt() ? Integer.parseInt(status.group(1)) : 0;
        if (number == SWITCHING_PROTOCOLS) {
            head = "";
            state = State.OPEN;
            events.opened();
        } else {
            Matcher retryAfter = RETRY_AFTER.matcher(head);
            end(Ending.refused(number, retryAfter.find() ? Integer.parseInt(retryAfter.group(1)) : 0));
        }
    }

    @Override
    public void text(ByteBuffer payload) {
        events.text(payload);
    }

    @Override
    public void ping(byte[] payload) throws IOException {
        send(ClientFrame.of(ClientFrame.PONG, payload));
    }

    /** Answers, and waits for the server to close the connection, so that it has done all it will do. */
    @Override
    public void close(int code, byte[] payload) throws IOException {
        state = State.CLOSING;
        closeCode = code;
        send(ClientFrame.of(ClientFrame.CLOSE, payload));
        loop.after(CLOSING_NANOS, () -> end(Ending.closed(code)));
    }

    private void endUnlessOpen() {
        if (state == State.CONNECTING || state == State.UPGRADING) {
            end(Ending.NO_ANSWER);
        }
    }

    private void failed(IOException why) {
        if (state == State.CLOSING) {
            end(Ending.closed(closeCode));
        } else {
            end(why instanceof ConnectException ? Ending.NO_SERVER : Ending.LOST);
        }
    }

    private void end(Ending ending) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        try {
            channel.close();
        } catch (IOException e) {
            // It is of no use any more.
        }
        events.ended(ending);
    }
}
