package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.MessageWriter;
import io.twintrace.websocket.PreparedMessage;
import io.twintrace.websocket.detect.ConflictResponse;
import io.twintrace.websocket.detect.ConnectionId;
import io.twintrace.websocket.detect.Operation;
import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.detect.WriteDiscipline;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.io.Deadlines;
import io.twintrace.websocket.internal.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * The writing half as the connection sees it. Every method is inside the detector's guard from its first line to its
 * last, but for those that say so.
 */
final class WriteHalf {
    private final FrameWriter frames;
    private final WriteDetector detector;
    private final CompressedOutput compressed;
    private final MessageOutput output;

    WriteHalf(
            ConnectionId connection,
            FrameWriter frames,
            Optional<DeflateParameters> deflate,
            Shared shared,
            ByteCounter traffic,
            ConflictResponse onConflict) {
        this.frames = frames;
        this.detector = new WriteDetector(
                connection, shared.options().detectorLevel(), frames::lastMessageFrame, traffic::received, onConflict);
        this.compressed = new CompressedOutput(frames, traffic, shared, deflate);
        this.output = new MessageOutput(frames, detector, shared.pools().write(), traffic, compressed);
    }

    void writeMessage(String text) throws IOException {
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            output.writeKnown(MessageType.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    /** Sends text that is known to be UTF-8. */
    void writeUtf8(byte[] text) throws IOException {
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            output.writeKnown(MessageType.TEXT, ByteBuffer.wrap(text));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            output.writeMessage(type, payload);
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    void writeMessage(MessageView message) throws IOException {
        if (message instanceof ArrivedMessage arrived) {
            writeArrived(arrived);
        } else {
            writeMessage(message.type(), message.payload().duplicate()); // an application's own, to be checked
        }
    }

    private void writeArrived(ArrivedMessage message) throws IOException {
        ByteBuffer payload = message.bytes();
        int start = payload.position();
        detector.enter(Operation.WRITE_MESSAGE);
        try {
            output.writeKnown(message.type(), payload);
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_MESSAGE, t);
            throw t;
        } finally {
            payload.position(start); // others may get it too
        }
        detector.leave(Operation.WRITE_MESSAGE, null);
    }

    void writeJson(Object value) throws IOException {
        detector.enter(Operation.WRITE_JSON);
        try {
            output.writeKnown(
                    MessageType.TEXT, ByteBuffer.wrap(Json.encode(value).getBytes(StandardCharsets.UTF_8)));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_JSON, t);
            throw t;
        }
        detector.leave(Operation.WRITE_JSON, null);
    }

    void writePrepared(PreparedMessage message) throws IOException {
        detector.enter(Operation.WRITE_PREPARED);
        try {
            output.writePrepared(EncodedMessage.of(message));
        } catch (Throwable t) {
            detector.leave(Operation.WRITE_PREPARED, t);
            throw t;
        }
        detector.leave(Operation.WRITE_PREPARED, null);
    }

    MessageWriter nextWriter(MessageType type) throws IOException {
        MessageWriter writer;
        detector.enter(Operation.NEXT_WRITER);
        try {
            writer = output.nextWriter(Objects.requireNonNull(type, "type"));
        } catch (Throwable t) {
            detector.leave(Operation.NEXT_WRITER, t);
            throw t;
        }
        detector.leave(Operation.NEXT_WRITER, null);
        return writer;
    }

    void writeDeadline(long deadline) {
        detector.enter(Operation.SET_WRITE_DEADLINE);
        frames.writeDeadline(deadline);
        detector.leave(Operation.SET_WRITE_DEADLINE, null);
    }

    void enableCompression(boolean enable) {
        detector.enter(Operation.ENABLE_WRITE_COMPRESSION);
        compressed.enable(enable);
        detector.leave(Operation.ENABLE_WRITE_COMPRESSION, null);
    }

    void compressionLevel(int level) {
        detector.enter(Operation.SET_COMPRESSION_LEVEL);
        try {
            compressed.level(DeflateOptions.checkLevel(level));
        } catch (Throwable t) {
            detector.leave(Operation.SET_COMPRESSION_LEVEL, t);
            throw t;
        }
        detector.leave(Operation.SET_COMPRESSION_LEVEL, null);
    }

    void declare(WriteDiscipline discipline) {
        Objects.requireNonNull(discipline, "discipline");
        detector.enter(Operation.DECLARE_DISCIPLINE);
        detector.declare(discipline);
        detector.leave(Operation.DECLARE_DISCIPLINE, null);
    }

    /**
     * Leaves all writing to the outbox, whatever was declared before. A deadline would be that of a message long gone,
     * and nobody could take it away any more; nor could the calling thread finish a message that it has open. Called at
     * the first offer, before its message is written.
     */
    void declareOutbox(WriteDiscipline outbox) throws IOException {
        detector.enter(Operation.FIRST_OFFER);
        try {
            output.finishOpenMessage();
            frames.writeDeadline(Deadlines.NONE);
            detector.declare(outbox);
        } catch (Throwable t) {
            detector.leave(Operation.FIRST_OFFER, t);
            throw t;
        }
        detector.leave(Operation.FIRST_OFFER, null);
    }

    /** Whether a write by the calling thread would not wait for the peer. Any thread, outside the guard. */
    boolean isWaitless() {
        return frames.isWaitless();
    }

    /**
     * Hands what was put aside to the operating system; whether that has everything now. In a turn, outside the guard.
     */
    boolean flushNow() {
        frames.flush();
        return frames.isWaitless();
    }

    /**
     * Waits until the operating system has everything that was written, if the calling thread may wait. Any thread,
     * outside the guard.
     *
     * @return false when the deadline came first
     */
    boolean awaitWritten(long deadline) throws IOException {
        return frames.awaitWritten(deadline);
    }

    /** Whether a conflict has failed this half for good. Any thread, outside the guard. */
    boolean isPoisoned() {
        return detector.isPoisoned();
    }

    /** Gives back what is held for messages that nobody will finish. Any thread, outside the guard, at the very end. */
    void abandon() {
        output.abandon();
    }
}
