package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.deflate.MessageDeflater;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.ByteCounter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Sends compressed messages (RFC 7692 section 7.2.1) in fragments of the write buffer's size, so that memory use does
 * not depend on the message's length. Only the thread inside the detector's guard calls these methods, except
 * {@link #release()}.
 */
final class CompressedMessages {
    /** Compresses nothing. All connections without compression share it, so that nothing in it may change. */
    private static final CompressedMessages NONE = new CompressedMessages();

    private final FrameWriter frames;
    private final ControlFrameWriter control;
    private final ByteCounter counter;
    private final DeflatePool pool;

    /** Null if compression was not negotiated. */
    private final FragmentBuffer buffer;

    private final int window;
    private final int threshold;

    /** Null if compression was not negotiated. */
    private final MessageDeflater deflater;

    private boolean enabled = true;
    private int level;

    private Opcode opcode;
    private boolean firstFrame;

    private CompressedMessages() {
        frames = null;
        control = null;
        counter = null;
        pool = null;
        buffer = null;
        window = 0;
        threshold = 1;
        deflater = null;
    }

    private CompressedMessages(
            FrameWriter frames,
            ControlFrameWriter control,
            ByteCounter counter,
            DeflateParameters parameters,
            DeflateOptions options,
            BufferPool buffers,
            DeflatePool pool) {
        this.frames = frames;
        this.control = control;
        this.counter = counter;
        this.pool = pool;
        this.buffer = new FragmentBuffer(frames, buffers);
        this.window = parameters.serverWindow();
        this.threshold = Math.max(1, options.threshold());
        this.level = options.level();
        this.deflater = new MessageDeflater(pool, parameters);
    }

    /** Returns what compresses the messages of one connection; nothing if that was not negotiated. */
    static CompressedMessages of(
            FrameWriter frames,
            ControlFrameWriter control,
            ByteCounter counter,
            Optional<DeflateParameters> negotiated,
            DeflateOptions options,
            BufferPool buffers,
            DeflatePool pool) {
        return negotiated
                .map(agreed -> new CompressedMessages(frames, control, counter, agreed, options, buffers, pool))
                .orElse(NONE);
    }

    /** Enables or disables compression, from the next message on. */
    void enable(boolean enable) {
        if (deflater != null) {
            enabled = enable;
        }
    }

    /** Changes the compression level, from the next message on. */
    void level(int newLevel) {
        if (deflater != null) {
            level = newLevel;
        }
    }

    /** Returns the level for a message that begins now; 0 if it is not to be compressed. */
    int effectiveLevel() {
        return deflater != null && enabled ? level : 0;
    }

    boolean isWorthwhile(int length) {
        return length >= threshold;
    }

    /** Returns whether to compress a message of this length. */
    boolean isWanted(int length) {
        return effectiveLevel() != 0 && isWorthwhile(length);
    }

    /** Sends a whole message. */
    void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        boolean complete = false;
        begin(type, level);
        try {
            write(payload);
            finish();
            complete = true;
        } finally {
            if (!complete) {
                if (hasSent()) {
                    control.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "unfinished message").payload());
                }
                abort();
            }
        }
    }

    /** Sends a message that other connections send as well. It is compressed once for all of them. */
    void writePrepared(EncodedMessage message) throws IOException {
        EncodedMessage.Frame frame = frameOf(message);
        frames.writeEncoded(frame.bytes());
        counter.sentOnWire(frame.payloadLength());
    }

    /** Returns the compressed frame of such a message. The caller has to send it, or to close the connection. */
    EncodedMessage.Frame frameOf(EncodedMessage message) {
        EncodedMessage.Frame frame = message.compressed(pool, level, window);
        deflater.forget(); // the peer's window will hold data that the deflater has never seen
        return frame;
    }

    /** Begins a message that comes in pieces. */
    void begin(MessageType type, int messageLevel) throws IOException {
        frames.checkWritable(); // without this, the deflater would only say that the connection has ended, not how
        deflater.begin(messageLevel);
        buffer.open();
        opcode = Opcode.of(type);
        firstFrame = true;
    }

    /** Returns whether a message has begun and is not finished. */
    boolean isOpen() {
        return buffer != null && buffer.isOpen();
    }

    /** Returns whether a part of the open message was sent. */
    boolean hasSent() {
        return isOpen() && !firstFrame;
    }

    void write(ByteBuffer plain) throws IOException {
        while (!deflater.write(plain, buffer.bytes())) {
            sendAllButTail();
        }
    }

    /** Sends everything so far, so that the peer can inflate it. */
    void flush() throws IOException {
        while (!deflater.flush(buffer.bytes())) {
            send(false);
        }
        if (buffer.length() > 0) {
            send(false);
        }
    }

    void finish() throws IOException {
        while (!deflater.finish(buffer.bytes(), FragmentBuffer.CONTENT)) {
            sendAllButTail();
        }
        send(true);
        buffer.close(true);
    }

    /** Abandons the open message, if there is one. */
    void abort() {
        if (isOpen()) {
            buffer.close(false);
            deflater.forget();
        }
    }

    /** Gives back all memory. Any thread may call this, once, when the connection ends. */
    void release() {
        if (deflater != null) {
            try {
                buffer.abandon();
            } finally {
                deflater.release();
            }
        }
    }

    /**
     * Sends the buffer except its last bytes, which may turn out to be the tail that is left out (RFC 7692 section
     * 7.2.1).
     */
    private void sendAllButTail() throws IOException {
        ByteBuffer bytes = buffer.bytes();
        int end = bytes.position() - MessageDeflater.TAIL_LENGTH;
        int tail = bytes.getInt(end);
        bytes.position(end);
        send(false);
        buffer.bytes().putInt(tail);
    }

    private void send(boolean fin) throws IOException {
        boolean first = firstFrame;
        firstFrame = false;
        int length = buffer.length();
        buffer.send(fin, first, first ? opcode : Opcode.CONTINUATION);
        counter.sentOnWire(length);
    }
}
