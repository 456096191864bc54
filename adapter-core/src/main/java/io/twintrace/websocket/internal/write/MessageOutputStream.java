package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Writes the message that a connection has open. */
final class MessageOutputStream extends MessageWriter {
    private enum State {
        OPEN,
        COMPLETE,
        /** A piece of the message could not be written, so that the message will never be complete. */
        GIVEN_UP
    }

    /**
     * Takes the bytes of the stream. Every call is made inside the detector's guard, except where a method says
     * otherwise.
     */
    interface Target {
        void append(MessageOutputStream stream, ByteBuffer bytes) throws IOException;

        void flush() throws IOException;

        void finish(MessageOutputStream stream) throws IOException;

        /** Throws what any write would throw now. Any thread may call this. */
        void checkWritable() throws IOException;
    }

    private final Target output;
    private final WriteDetector detector;
    private final MessageType type;

    /** Owned by the thread in the detector's slot. */
    private char waitingHighSurrogate;

    /** Written by the thread in the detector's slot, read by any. */
    private volatile State state = State.OPEN;

    MessageOutputStream(Target output, WriteDetector detector, MessageType type) {
        this.output = output;
        this.detector = detector;
        this.type = type;
    }

    @Override
    public MessageType type() {
        return type;
    }

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

    @Override
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

    @Override
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

    @Override
    public void close() throws IOException {
        if (isOver()) {
            return; // nothing is written, so this cannot conflict with another writer
        }
        detector.enter(Operation.WRITER_CLOSE);
        try {
            if (!isOver()) { // another thread may have closed it before this thread's turn came
                detector.messageContinued();
                output.finish(this);
            }
        } catch (Throwable t) {
            detector.leave(Operation.WRITER_CLOSE, t);
            throw t;
        }
        detector.leave(Operation.WRITER_CLOSE, null);
    }

    /** Marks the message as complete, or as one that will never be complete. Call this inside the guard. */
    void markFinished(boolean complete) {
        state = complete ? State.COMPLETE : State.GIVEN_UP;
    }

    /**
     * Returns whether nothing of the message is left to be written. Any thread may call this.
     *
     * @throws IOException if the message was abandoned because of the connection
     */
    private boolean isOver() throws IOException {
        State now = state;
        if (now == State.GIVEN_UP) {
            output.checkWritable();
        }
        return now != State.OPEN;
    }

    /**
     * Adds a replacement for the half of a character that was written last, if the other half cannot follow any more.
     * Call this inside the guard.
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
            output.checkWritable(); // tells what is wrong with the connection
            throw new IOException(
                    "this MessageWriter's message was abandoned because a piece of it could not be written");
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
