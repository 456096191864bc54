package io.twintrace.websocket;

import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Writes one message piece by piece; from {@link WebSocketConnection#nextWriter}. What does not fit in the buffer
 * leaves as a fragment (RFC 6455 section 5.4), and {@link #close()} sends the last one: a message is not complete
 * before that.
 *
 * <p>Threads: as for all write methods of the connection, one at a time. A writer may be handed from thread to thread.
 * A pooled buffer is held while the writer is open; where the message is compressed, a second one and a deflater as
 * well.
 */
public final class MessageWriter extends OutputStream {
    private enum State {
        OPEN,
        COMPLETE,
        /** A piece of the message could not be taken, so that it will never be complete. */
        GIVEN_UP
    }

    private final MessageOutput output;
    private final WriteDetector detector;
    private final MessageType type;

    /** Owned by the thread in the detector's slot. */
    private char waitingHighSurrogate;

    /** Written by the thread in the detector's slot, read by any. */
    private volatile State state = State.OPEN;

    MessageWriter(MessageOutput output, WriteDetector detector, MessageType type) {
        this.output = output;
        this.detector = detector;
        this.type = type;
    }

    /** The type of the message. */
    public MessageType type() {
        return type;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    /**
     * Appends bytes to the message.
     *
     * @throws IllegalArgumentException when this is a text message and the bytes cannot belong to UTF-8; they are then
     *     not part of it
     * @throws io.twintrace.websocket.detect.ConcurrentWriteException when another thread writes on this connection
     * @throws IOException as {@link WebSocketConnection#writeMessage(MessageType, byte[])}
     */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        detector.enter(Operation.WRITER_WRITE);
        try {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            continueMessage();
            appendUnpairedSurrogate();
            output.append(this, ByteBuffer.wrap(bytes, offset, length));
        } catch (Throwable t) {
            detector.leave(Operation.WRITER_WRITE, t);
            throw t;
        }
        detector.leave(Operation.WRITER_WRITE, null);
    }

    /** Appends text as UTF-8. A surrogate pair may be split between two calls. */
    public void write(CharSequence text) throws IOException {
        detector.enter(Operation.WRITER_WRITE);
        try {
            continueMessage();
            output.append(this, ByteBuffer.wrap(encode(text)));
        } catch (Throwable t) {
            detector.leave(Operation.WRITER_WRITE, t);
            throw t;
        }
        detector.leave(Operation.WRITER_WRITE, null);
    }

    /**
     * Appends everything that {@code in} gives, to its end. The stream is not closed. Reading it is part of the guarded
     * call, so a second writer that comes meanwhile is a conflict.
     *
     * @return how many bytes that were
     */
    public long transferFrom(InputStream in) throws IOException {
        detector.enter(Operation.WRITER_TRANSFER);
        long total = 0;
        try {
            continueMessage();
            appendUnpairedSurrogate();
            byte[] piece = new byte[8192];
            for (int n; (n = in.read(piece)) >= 0; total += n) {
                output.append(this, ByteBuffer.wrap(piece, 0, n));
            }
        } catch (Throwable t) {
            detector.leave(Operation.WRITER_TRANSFER, t);
            throw t;
        }
        detector.leave(Operation.WRITER_TRANSFER, null);
        return total;
    }

    /** Sends what is buffered as a fragment, so that the peer can see it before the message ends. */
    @Override
    public void flush() throws IOException {
        detector.enter(Operation.WRITER_FLUSH);
        try {
            continueMessage();
            output.flush();
        } catch (Throwable t) {
            detector.leave(Operation.WRITER_FLUSH, t);
            throw t;
        }
        detector.leave(Operation.WRITER_FLUSH, null);
    }

    /**
     * Completes the message. Does nothing when it is complete already, which it also is once the same thread has
     * started another message; any thread may then call this at any time.
     *
     * @throws IllegalArgumentException when this is a text message that ends inside a character
     */
    @Override
    public void close() throws IOException {
        if (isOver()) {
            return; // nothing is written, so no other writer can be in the way
        }
        detector.enter(Operation.WRITER_CLOSE);
        try {
            if (!isOver()) { // another thread may have closed it before this one's turn came
                detector.messageContinued();
                output.finish(this);
            }
        } catch (Throwable t) {
            detector.leave(Operation.WRITER_CLOSE, t);
            throw t;
        }
        detector.leave(Operation.WRITER_CLOSE, null);
    }

    /** Marks the message as over, or as one that will never be complete. Only inside the guard. */
    void markFinished(boolean complete) {
        state = complete ? State.COMPLETE : State.GIVEN_UP;
    }

    /**
     * Whether nothing of the message is left to be written. Any thread.
     *
     * @throws IOException when it was given up because of the connection
     */
    private boolean isOver() throws IOException {
        State now = state;
        if (now == State.GIVEN_UP) {
            output.checkWritable();
        }
        return now != State.OPEN;
    }

    /**
     * Adds the half of a character that was written last, if its other half cannot come any more. Only inside the
     * guard.
     */
    void appendUnpairedSurrogate() throws IOException {
        if (waitingHighSurrogate != 0) {
            waitingHighSurrogate = 0;
            output.append(this, ByteBuffer.wrap(new byte[] {'?'}));
        }
    }

    private void continueMessage() throws IOException {
        State now = state;
        if (now == State.GIVEN_UP) {
            output.checkWritable(); // says what is wrong with the connection
            throw new IOException("this MessageWriter's message was given up, since a piece of it could not be taken");
        }
        if (now == State.COMPLETE) {
            throw new IOException("this MessageWriter's message is complete; get another one from nextWriter");
        }
        detector.messageContinued();
    }

    private byte[] encode(CharSequence text) {
        String all = waitingHighSurrogate == 0 ? text.toString() : waitingHighSurrogate + text.toString();
        waitingHighSurrogate = 0;
        int end = all.length();
        if (end > 0 && Character.isHighSurrogate(all.charAt(end - 1))) {
            waitingHighSurrogate = all.charAt(--end);
        }
        return all.substring(0, end).getBytes(StandardCharsets.UTF_8);
    }
}
