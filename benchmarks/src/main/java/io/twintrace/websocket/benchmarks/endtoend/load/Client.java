package io.twintrace.websocket.benchmarks.endtoend.load;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * One connection to the server. Replies come back in the order of its messages. Used only by the load generator's
 * single thread.
 */
final class Client implements ReplyReader.Events {
    /** Receives the events of a connection. */
    interface Owner {
        void opened(Client client);

        /**
         * The next message has come back.
         *
         * @param now the value of {@link System#nanoTime()}
         */
        void answered(Client client, long now);

        /** The server has answered the Close frame. */
        void closed(Client client);

        void failed(Client client, IOException why);
    }

    private enum State {
        CONNECTING,
        UPGRADING,
        OPEN,
        CLOSING,
        CLOSED
    }

    private final ClientLoop loop;
    private final SocketChannel channel;
    private final Payload payload;
    private final Owner owner;
    private final ClientHandshake handshake;
    private final ReplyReader replies;
    private final long createdAt = System.nanoTime();

    /** When the outstanding messages were sent, or should have been. */
    private final LongQueue times = new LongQueue();

    private InflatedReply inflated;
    private SelectionKey key;
    private State state = State.CONNECTING;

    /** Holds unsent bytes up to its position. */
    private ByteBuffer out = ByteBuffer.allocate(512);

    private long asked;
    private long owed;
    private long now;

    Client(ClientLoop loop, SocketChannel channel, Payload payload, Owner owner) {
        this.loop = loop;
        this.channel = channel;
        this.payload = payload;
        this.owner = owner;
        this.handshake = new ClientHandshake(loop.settings().deflate());
        this.replies = new ReplyReader(payload, this);
    }

    void registered(SelectionKey as) {
        this.key = as;
    }

    long createdAt() {
        return createdAt;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    /** Returns the number of messages that have not come back. */
    int outstanding() {
        return times.size();
    }

    /** Removes the oldest outstanding message, and returns the time at which it was sent. */
    long takeTime() {
        return times.remove();
    }

    /** Adds a time for {@link #takeTime}, without a message. */
    void keepTime(long time) {
        times.add(time);
    }

    /** Returns the number of the next message to send. */
    long nextNumber() {
        return asked + owed;
    }

    /** Returns the number of the message that arrived last. */
    long lastNumber() {
        return replies.lastNumber();
    }

    /** Sets the number of the next message to expect. */
    void expect(long number) {
        replies.expect(number);
    }

    /** Sends the next message as soon as there is room for it. Call {@link #flush} afterwards. */
    void ask(long time) {
        times.add(time);
        owed++;
        appendOwed();
    }

    private void appendOwed() {
        while (owed > 0 && out.remaining() >= payload.maxFrame()) {
            payload.append(out, asked++);
            owed--;
        }
    }

    /** Writes as much as the socket takes. The rest waits until the selector reports room. */
    void flush() {
        if (out.position() == 0) {
            return;
        }
        try {
            boolean took;
            do {
                channel.write(out.flip());
                took = !out.hasRemaining();
                out.compact();
                appendOwed();
            } while (took && out.position() > 0);
            interest(SelectionKey.OP_READ | (out.position() > 0 ? SelectionKey.OP_WRITE : 0));
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Begins the closing handshake. */
    void close() {
        if (state == State.OPEN) {
            state = State.CLOSING;
            out.put(MaskedFrame.of(MaskedFrame.CLOSE, new byte[] {0x03, (byte) 0xE8}, 1)); // 1000
            flush();
        }
    }

    /** Closes the socket without a closing handshake. */
    void abort() {
        state = State.CLOSED;
        if (inflated != null) {
            inflated.free();
            inflated = null;
        }
        loop.remove(this);
        try {
            channel.close();
        } catch (IOException e) {
            // the channel is closed anyway
        }
    }

    void ready() {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
                state = State.UPGRADING;
                out.put(handshake.request(
                        loop.settings().port(), loop.settings().path()));
                flush();
            } else {
                if (key.isWritable()) {
                    flush();
                }
                if (state != State.CLOSED && key.isReadable()) {
                    receive();
                }
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    private void receive() throws IOException {
        ByteBuffer in = loop.input().clear();
        if (channel.read(in) < 0) {
            if (state == State.CLOSING) {
                abort();
                return;
            }
            throw new EOFException("the server has closed the connection");
        }
        now = System.nanoTime();
        in.flip();
        if (state == State.UPGRADING && handshake.read(in)) {
            open();
        }
        if (state == State.OPEN || state == State.CLOSING) {
            replies.read(in);
        }
        if (state == State.OPEN) {
            flush();
        }
    }

    private void open() {
        state = State.OPEN;
        if (loop.settings().deflate()) {
            inflated = new InflatedReply(handshake.serverContextTakeover());
            replies.inflate(inflated);
        }
        int room = Math.max(1, loop.settings().depth()) * payload.maxFrame() + 256; // and a Close or Pong frame
        out = loop.settings().mode().equals("idle") ? ByteBuffer.allocate(room) : ByteBuffer.allocateDirect(room);
        owner.opened(this);
    }

    @Override
    public void message() {
        owner.answered(this, now);
    }

    @Override
    public void control(int opcode, byte[] body) {
        if (opcode == 0x9 && state == State.OPEN && out.remaining() > body.length + 8) {
            out.put(MaskedFrame.of(MaskedFrame.PONG, body, 1));
        } else if (opcode == MaskedFrame.CLOSE) {
            if (state == State.CLOSING) {
                owner.closed(this);
            } else {
                int code = body.length < 2 ? 1005 : ((body[0] & 0xFF) << 8) | (body[1] & 0xFF);
                fail(new EOFException("the server closed the connection with code " + code));
            }
        }
    }

    private void interest(int operations) {
        if (key.isValid() && key.interestOps() != operations) {
            key.interestOps(operations);
        }
    }

    private void fail(IOException why) {
        if (state == State.CLOSED) {
            return;
        }
        boolean wasClosing = state == State.CLOSING;
        abort();
        if (!wasClosing) {
            owner.failed(this, why);
        }
    }
}
