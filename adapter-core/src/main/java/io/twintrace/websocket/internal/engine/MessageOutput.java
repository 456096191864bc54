package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.PendingWritesException;
import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * The writing half: turns messages into frames. Every method runs inside the detector's guard, which owns all fields
 * here; only {@link #abandon()} is for other threads.
 */
final class MessageOutput {
    private final FrameWriter frames;
    private final WriteDetector detector;
    private final ByteCounter traffic;
    private final CompressedOutput compressed;

    /** For messages that are whole, which may be written while another one is open. */
    private final OutgoingText wholeText = new OutgoingText();

    /** The open message, or null. */
    private MessageOutputStream open;

    /** For the open message; null while there was no such message. */
    private OutgoingText openText;

    private final BufferPool pool;

    /** What the open message has not sent or compressed yet; null while there was no such message. */
    private volatile FragmentBuffer buffer;

    private boolean firstFrame;

    /** At which level the open message is compressed, if it is long enough; 0 for not at all. */
    private int openLevel;

    MessageOutput(
            FrameWriter frames,
            WriteDetector detector,
            BufferPool pool,
            ByteCounter traffic,
            CompressedOutput compressed) {
        this.frames = frames;
        this.detector = detector;
        this.traffic = traffic;
        this.compressed = compressed;
        this.pool = pool;
    }

    /** Sends one message, as one frame unless it is compressed. */
    void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        Objects.requireNonNull(type, "type");
        if (type == MessageType.TEXT) {
            wholeText.check(payload);
        }
        finishOpenMessage();
        writeWhole(type, payload);
    }

    /** Sends one message that is known to be UTF-8 if it is text. */
    void writeKnown(MessageType type, ByteBuffer payload) throws IOException {
        finishOpenMessage();
        writeWhole(type, payload);
    }

    private void writeWhole(MessageType type, ByteBuffer payload) throws IOException {
        int length = payload.remaining();
        frames.admit();
        if (compressed.isWanted(length)) {
            compressed.writeMessage(type, payload);
        } else {
            frames.writeFrame(true, false, Opcode.of(type), payload);
            traffic.sentOnWire(length);
        }
        traffic.sent(length);
    }

    void writePrepared(EncodedMessage message) throws IOException {
        EncodedMessage.Frame plain = message.plain();
        finishOpenMessage();
        frames.admit();
        if (compressed.isWanted(plain.payloadLength())) {
            compressed.writePrepared(message);
        } else {
            frames.writeEncoded(plain.bytes());
            traffic.sentOnWire(plain.payloadLength());
        }
        traffic.sent(plain.payloadLength());
    }

    MessageOutputStream nextWriter(MessageType type) throws IOException {
        finishOpenMessage();
        frames.checkWritable();
        frames.admit();
        if (buffer == null) {
            openText = new OutgoingText();
            buffer = new FragmentBuffer(frames, pool);
        }
        openText.begin();
        firstFrame = true;
        openLevel = compressed.effectiveLevel();
        buffer.open();
        open = new MessageOutputStream(this, detector, type);
        boolean writable = false;
        try {
            detector.messageOpened();
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

    /**
     * Adds to the open message; a full buffer leaves as a fragment, and so does what is too large to be worth copying.
     */
    void append(MessageOutputStream writer, ByteBuffer bytes) throws IOException {
        try {
            frames.admit();
        } catch (PendingWritesException e) {
            endMessage(false); // without this piece it is not the message that was meant
            throw e;
        }
        if (writer.type() == MessageType.TEXT) {
            openText.accept(bytes);
        }
        int length = bytes.remaining();
        if (length > 2 * buffer.bytes().capacity()) {
            sendBuffered();
            sendLarge(bytes);
        } else {
            buffer(bytes);
        }
        traffic.sent(length);
    }

    private void buffer(ByteBuffer bytes) throws IOException {
        ByteBuffer buffered = buffer.bytes();
        while (bytes.hasRemaining()) {
            if (!buffered.hasRemaining()) {
                sendBuffered();
            }
            int n = Math.min(buffered.remaining(), bytes.remaining());
            buffered.put(bytes.slice(bytes.position(), n));
            bytes.position(bytes.position() + n);
        }
    }

    void flush() throws IOException {
        sendBuffered();
        if (compressed.isOpen()) {
            try {
                compressed.flush();
            } catch (Throwable e) {
                endMessage(false);
                throw e;
            }
        }
        frames.flush(); // not to be put aside for more
    }

    void finish(MessageOutputStream writer) throws IOException {
        boolean complete = false;
        try {
            writer.appendUnpairedSurrogate();
            if (writer.type() == MessageType.TEXT) {
                openText.end();
            }
            if (compressed.isOpen() || (openLevel != 0 && compressed.isWorthwhile(buffer.length()))) {
                sendBuffered();
                compressed.finish();
            } else {
                sendFragment(true);
            }
            complete = true;
        } finally {
            endMessage(complete);
        }
    }

    /** The open message is over; without its end on the wire, unless complete. */
    private void endMessage(boolean complete) {
        if (open == null) {
            return;
        }
        if (!complete && (!firstFrame || compressed.hasSent())) {
            // The peer waits for an end that cannot come: any other message would be taken for a part of this one.
            frames.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "unfinished message").payload());
        }
        open.markFinished(complete);
        open = null;
        detector.messageFinished();
        buffer.close(complete);
        if (!complete) {
            compressed.abort();
        }
    }

    /** Gives back what is held for messages that nobody will finish. For any thread, at the very end. */
    void abandon() {
        FragmentBuffer unfinished = buffer;
        try {
            if (unfinished != null) {
                unfinished.abandon();
            }
        } finally {
            compressed.release();
        }
    }

    /** The thread that had a message open starts the next one: the open one is complete, as in gorilla. */
    void finishOpenMessage() throws IOException {
        if (open != null) {
            finish(open);
        }
    }

    /** What is buffered leaves, or goes to the compressor. */
    private void sendBuffered() throws IOException {
        if (buffer.length() == 0) {
            return;
        }
        try {
            if (openLevel != 0) {
                compress(buffer.bytes().flip().position(FragmentBuffer.CONTENT));
                buffer.clear();
            } else {
                sendFragment(false);
            }
        } catch (Throwable e) {
            endMessage(false); // the connection is closing or broken: the message has no end to wait for
            throw e;
        }
    }

    /** Without copying it into the buffer. */
    private void sendLarge(ByteBuffer payload) throws IOException {
        try {
            if (openLevel != 0) {
                compress(payload);
            } else {
                int length = payload.remaining();
                frames.writeFrame(false, false, nextOpcode(), payload);
                traffic.sentOnWire(length);
            }
        } catch (Throwable e) {
            endMessage(false);
            throw e;
        }
    }

    private void sendFragment(boolean fin) throws IOException {
        int length = buffer.length();
        buffer.send(fin, false, nextOpcode());
        traffic.sentOnWire(length);
    }

    private void compress(ByteBuffer bytes) throws IOException {
        if (!compressed.isOpen()) {
            compressed.begin(open.type(), openLevel);
        }
        compressed.write(bytes);
    }

    private Opcode nextOpcode() {
        Opcode opcode = firstFrame ? Opcode.of(open.type()) : Opcode.CONTINUATION;
        firstFrame = false;
        return opcode;
    }
}
