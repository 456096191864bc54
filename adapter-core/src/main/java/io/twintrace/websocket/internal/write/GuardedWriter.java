package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.detect.ConflictResponse;
import io.twintrace.websocket.detect.ConnectionActivity;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.ByteCounter;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.json.Json;
import io.twintrace.websocket.internal.read.ArrivedMessage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The writing half as the connection sees it. Every method runs inside the detector's guard from its first line to its
 * last, except where it says otherwise.
 */
public final class GuardedWriter implements ConnectionActivity {
    private final FrameWriter frames;
    private final ByteCounter counter;
    private final WriteDetector detector;
    private final CompressedMessages compressed;
    private final OutgoingMessages messages;
    private final WebSocketOptions options;

    public GuardedWriter(
            ConnectionId connection,
            FrameWriter frames,
            ControlFrameWriter control,
            Optional<DeflateParameters> deflate,
            WebSocketOptions options,
            BufferPool buffers,
            DeflatePool deflaters,
            ByteCounter counter,
            ConflictResponse onConflict) {
        this.frames = frames;
        this.counter = counter;
        this.options = options;
        this.detector = new WriteDetector(connection, options.detectorLevel(), this, onConflict);
        this.compressed =
                CompressedMessages.of(frames, control, counter, deflate, options.deflate(), buffers, deflaters);
        this.messages = new OutgoingMessages(frames, control, detector, buffers, counter, compressed);
    }

    public void writeMessage(String text) throws IOException {
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            messages.writeKnown(MessageType.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    /** Sends text that is known to be UTF-8. */
    public void writeUtf8(byte[] text) throws IOException {
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            messages.writeKnown(MessageType.TEXT, ByteBuffer.wrap(text));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    public void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            messages.writeMessage(type, payload);
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    public void writeMessage(MessageView message) throws IOException {
        if (message instanceof ArrivedMessage arrived) {
            writeArrived(arrived);
        } else {
            writeMessage(message.type(), message.payload().duplicate()); // the application's own view: check it
        }
    }

    private void writeArrived(ArrivedMessage message) throws IOException {
        ByteBuffer payload = message.bytes();
        int start = payload.position();
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            messages.writeKnown(message.type(), payload);
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        } finally {
            payload.position(start); // the message may be written to other connections too
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    public void writeJson(Object value) throws IOException {
        detector.enter(Operation.WRITE_JSON);
        try {
            messages.writeKnown(
                    MessageType.TEXT,
                    ByteBuffer.wrap(Json.encode(options, value).getBytes(StandardCharsets.UTF_8)));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_JSON, t);
            throw t;
        }
        detector.leave(Operation.WRITE_JSON, null);
    }

    public void writePrepared(PreparedMessage message) throws IOException {
        detector.enter(Operation.WRITE_PREPARED);
        try {
            messages.writePrepared(EncodedMessage.of(message));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_PREPARED, t);
            throw t;
        }
        detector.leave(Operation.WRITE_PREPARED, null);
    }

    /** Sends several messages, with one write if that is possible. */
    public void writePrepared(List<EncodedMessage> together) throws IOException {
        detector.enter(Operation.WRITE_PREPARED);
        try {
            messages.writePrepared(together);
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_PREPARED, t);
            throw t;
        }
        detector.leave(Operation.WRITE_PREPARED, null);
    }

    public MessageWriter nextWriter(MessageType type) throws IOException {
        MessageWriter writer;
        detector.enter(Operation.NEXT_WRITER);
        try {
            writer = messages.nextWriter(Objects.requireNonNull(type, "type"));
        } catch (Throwable t) {
            detector.leave(Operation.NEXT_WRITER, t);
            throw t;
        }
        detector.leave(Operation.NEXT_WRITER, null);
        return writer;
    }

    public void writeDeadline(long deadline) {
        detector.enter(Operation.SET_WRITE_DEADLINE);
        frames.writeDeadline(deadline);
        detector.leave(Operation.SET_WRITE_DEADLINE, null);
    }

    public void enableCompression(boolean enable) {
        detector.enter(Operation.ENABLE_WRITE_COMPRESSION);
        compressed.enable(enable);
        detector.leave(Operation.ENABLE_WRITE_COMPRESSION, null);
    }

    public void compressionLevel(int level) {
        detector.enter(Operation.SET_COMPRESSION_LEVEL);
        try {
            compressed.level(DeflateOptions.checkLevel(level));
        } catch (Throwable t) {
            detector.leave(Operation.SET_COMPRESSION_LEVEL, t);
            throw t;
        }
        detector.leave(Operation.SET_COMPRESSION_LEVEL, null);
    }

    public void declare(WriteDiscipline discipline) {
        Objects.requireNonNull(discipline, "discipline");
        detector.enter(Operation.DECLARE_DISCIPLINE);
        try {
            detector.declare(discipline);
        } catch (Throwable t) { // no memory
            detector.leave(Operation.DECLARE_DISCIPLINE, t);
            throw t;
        }
        detector.leave(Operation.DECLARE_DISCIPLINE, null);
    }

    /**
     * Leaves all writing to the outbox, whatever was declared before. Finishes the message that the calling thread has
     * open, because the thread cannot do so later. Removes the write deadline, because it may belong to an earlier
     * message and no thread could remove it later. The first offer calls this, before its message is written.
     */
    public void declareOutbox(WriteDiscipline outbox) throws IOException {
        detector.enter(Operation.FIRST_OFFER);
        try {
            messages.finishOpenMessage();
            frames.writeDeadline(Deadlines.NONE);
            detector.declare(outbox);
        } catch (Throwable t) {
            detector.leave(Operation.FIRST_OFFER, t);
            throw t;
        }
        detector.leave(Operation.FIRST_OFFER, null);
    }

    /** Only the detector calls this. */
    @Override
    public long lastMessageFrame() {
        return frames.lastMessageFrame();
    }

    /** Any thread may call this, outside the guard. */
    @Override
    public long received() {
        return counter.received();
    }

    @Override
    public boolean isOver() {
        return frames.isOver();
    }

    /** Returns whether the peer has not taken everything yet. Any thread may call this, outside the guard. */
    public boolean hasPending() {
        return frames.pending().hasPending();
    }

    /** Sets the outbox's messages. Call this once, before the first offer. */
    public void waiting(WaitingMessages messages) {
        frames.waiting(messages);
    }

    /**
     * Announces that the calling thread, which holds the outbox's lock for writing, is about to write what was offered.
     *
     * @param batch the thread's batch, which sends what is put aside; null after the last message
     */
    public void offeredIn(WriteBatch batch) {
        frames.offeredIn(batch);
    }

    /**
     * Sends the frames that were put aside. Returns whether the operating system has everything now. Only a thread in a
     * turn calls this, outside the guard.
     */
    public boolean flushNow() {
        frames.flush();
        return !hasPending();
    }

    /**
     * Waits until the operating system has everything that was written, if the calling thread may wait. Any thread may
     * call this, outside the guard.
     *
     * @return false if the deadline came first
     */
    public boolean awaitWritten(long deadline) throws IOException {
        return frames.awaitWritten(deadline);
    }

    /**
     * Gives back the memory of messages that no thread will finish. Any thread may call this, outside the guard, when
     * the connection ends.
     */
    public void abandon() {
        messages.abandon();
    }
}
