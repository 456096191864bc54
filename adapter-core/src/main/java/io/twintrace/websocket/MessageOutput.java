package io.twintrace.websocket;

import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.frame.FrameHeaderEncoder;
import io.twintrace.websocket.frame.Opcode;
import io.twintrace.websocket.transport.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The writing half: turns messages into frames. Every method runs inside the detector's guard, which owns all fields
 * here; only {@link #abandon()} is for other threads.
 */
final class MessageOutput {
    private static final int HEADER_ROOM = FrameHeaderEncoder.MAX_BYTES;

    private final FrameOutput frames;
    private final WriteDetector detector;
    private final BufferPool pool;

    /** For messages that are whole, which may be written while another one is open. */
    private final OutgoingText wholeText = new OutgoingText();

    /** For the open message. */
    private final OutgoingText openText = new OutgoingText();

    /** The open message, or null. */
    private MessageWriter open;

    /** Room for a header, then what the open message has not sent yet. */
    private ByteBuffer buffer;

    private boolean firstFrame;

    /** The pooled buffer that is not given back yet; whoever takes it out settles the account with the pool. */
    private final AtomicReference<ByteBuffer> lent = new AtomicReference<>();

    MessageOutput(FrameOutput frames, WriteDetector detector, BufferPool pool) {
        this.frames = frames;
        this.detector = detector;
        this.pool = pool;
    }

    /** Sends one message as one frame. */
    void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        Objects.requireNonNull(type, "type");
        if (type == MessageType.TEXT) {
            wholeText.check(payload);
        }
        finishOpenMessage();
        frames.writeFrame(true, false, type.opcode(), payload);
    }

    /** Sends one message as one frame, known to be text. */
    void writeText(ByteBuffer utf8Bytes) throws IOException {
        finishOpenMessage();
        frames.writeFrame(true, false, Opcode.TEXT, utf8Bytes);
    }

    void writePrepared(PreparedMessage message) throws IOException {
        ByteBuffer frame = message.serverFrame();
        finishOpenMessage();
        frames.writeEncoded(frame);
    }

    MessageWriter nextWriter(MessageType type) throws IOException {
        finishOpenMessage();
        frames.checkWritable();
        openText.begin();
        firstFrame = true;
        buffer = pool.acquire().position(HEADER_ROOM);
        lent.set(buffer);
        open = new MessageWriter(this, detector, type);
        detector.messageOpened();
        boolean writable = false;
        try {
            frames.checkWritable(); // once more: whoever ends the connection from now on finds the buffer
            writable = true;
        } finally {
            if (!writable) {
                endMessage(false);
            }
        }
        return open;
    }

    void checkWritable() throws IOException {
        frames.checkWritable();
    }

    /** Adds to the open message; a full buffer leaves as a fragment, and so does what is too large to be worth copying. */
    void append(MessageWriter writer, ByteBuffer bytes) throws IOException {
        if (writer.type() == MessageType.TEXT) {
            openText.accept(bytes);
        }
        if (bytes.remaining() > 2 * buffer.capacity()) {
            flush(writer);
            sendFragment(false, bytes);
            return;
        }
        while (bytes.hasRemaining()) {
            if (!buffer.hasRemaining()) {
                flush(writer);
            }
            int n = Math.min(buffer.remaining(), bytes.remaining());
            buffer.put(bytes.slice(bytes.position(), n));
            bytes.position(bytes.position() + n);
        }
    }

    void flush(MessageWriter writer) throws IOException {
        if (buffer.position() > HEADER_ROOM) {
            sendBuffered(writer, false);
        }
    }

    void finish(MessageWriter writer) throws IOException {
        boolean complete = false;
        try {
            writer.appendUnpairedSurrogate();
            if (writer.type() == MessageType.TEXT) {
                openText.end();
            }
            sendBuffered(writer, true);
            complete = true;
        } finally {
            if (!complete && !firstFrame) {
                // The peer waits for an end that cannot come: any other message would be taken for a part of this one.
                frames.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "unfinished message").payload());
            }
            endMessage(complete);
        }
    }

    /** The open message is over; without its end on the wire, unless complete. */
    private void endMessage(boolean complete) {
        if (open == null) {
            return;
        }
        open.markFinished(complete);
        open = null;
        detector.messageFinished();
        if (lent.getAndSet(null) != null) {
            if (complete) {
                pool.release(buffer);
            } else {
                pool.discard(); // the transport may still have its hands on it
            }
        }
        buffer = null;
    }

    /** Settles the account with the pool for a message that nobody will finish. For any thread, at the very end. */
    void abandon() {
        if (lent.getAndSet(null) != null) {
            pool.discard(); // not released: a thread may be writing into it right now
        }
    }

    /** The thread that had a message open starts the next one: the open one is complete, as in gorilla. */
    private void finishOpenMessage() throws IOException {
        if (open != null) {
            finish(open);
        }
    }

    private void sendBuffered(MessageWriter writer, boolean fin) throws IOException {
        int length = buffer.position() - HEADER_ROOM;
        int start = HEADER_ROOM - FrameHeaderEncoder.size(length);
        buffer.limit(buffer.position()).position(start);
        FrameHeaderEncoder.encode(buffer, fin, false, nextOpcode(writer.type()), length);
        buffer.position(start);
        try {
            frames.writeEncoded(buffer);
        } catch (IOException | RuntimeException e) {
            endMessage(false); // the connection is closing or broken: the message has no end to wait for
            throw e;
        }
        buffer.clear().position(HEADER_ROOM);
    }

    private void sendFragment(boolean fin, ByteBuffer payload) throws IOException {
        try {
            frames.writeFrame(fin, false, nextOpcode(open.type()), payload);
        } catch (IOException | RuntimeException e) {
            endMessage(false);
            throw e;
        }
    }

    private Opcode nextOpcode(MessageType type) {
        Opcode opcode = firstFrame ? type.opcode() : Opcode.CONTINUATION;
        firstFrame = false;
        return opcode;
    }
}
