package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.internal.deflate.DeflatePool;
import io.twintrace.websocket.internal.deflate.MessageDeflater;
import io.twintrace.websocket.internal.frame.Opcode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Sends messages compressed (RFC 7692 section 7.2.1), in fragments of the write buffer's size, so that memory does not
 * depend on the message's. For the thread inside the detector's guard, but for {@link #release()}.
 */
final class CompressedOutput {
    private final FrameWriter frames;
    private final ByteCounter traffic;
    private final DeflatePool pool;

    /** Null where compression was not negotiated. */
    private final FragmentBuffer buffer;

    private final int window;
    private final int threshold;

    /** Null where compression was not negotiated. */
    private final MessageDeflater deflater;

    private boolean enabled = true;
    private int level;

    private Opcode opcode;
    private boolean firstFrame;

    CompressedOutput(FrameWriter frames, ByteCounter traffic, Shared shared, Optional<DeflateParameters> parameters) {
        this.frames = frames;
        this.traffic = traffic;
        this.pool = shared.pools().deflate();
        this.buffer = parameters
                .map(agreed -> new FragmentBuffer(frames, shared.pools().write()))
                .orElse(null);
        this.window = parameters.map(DeflateParameters::serverWindow).orElse(0);
        this.threshold = Math.max(1, shared.options().deflate().threshold());
        this.level = shared.options().deflate().level();
        this.deflater =
                parameters.map(agreed -> new MessageDeflater(pool, agreed)).orElse(null);
    }

    /** From the next message on. */
    void enable(boolean enable) {
        enabled = enable;
    }

    /** From the next message on. */
    void level(int newLevel) {
        level = newLevel;
    }

    /** The level for a message that begins now; 0 where none is to be compressed. */
    int effectiveLevel() {
        return deflater != null && enabled ? level : 0;
    }

    boolean isWorthwhile(int length) {
        return length >= threshold;
    }

    /** Whether a message of that many bytes is to go through here. */
    boolean isWanted(int length) {
        return effectiveLevel() != 0 && isWorthwhile(length);
    }

    /** Sends a message that is whole. */
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
                    frames.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "unfinished message").payload());
                }
                abort();
            }
        }
    }

    /** Sends a message that others get as well, compressed once for all of them. */
    void writePrepared(EncodedMessage message) throws IOException {
        EncodedMessage.Frame frame = message.compressed(pool, level, window);
        frames.writeEncoded(frame.bytes());
        traffic.sentOnWire(frame.payloadLength());
        deflater.forget(); // the peer now remembers something that the deflater has never seen
    }

    /** Begins a message that comes in pieces. */
    void begin(MessageType type, int messageLevel) throws IOException {
        frames.checkWritable(); // the deflater would only say that the connection has ended, not how
        deflater.begin(messageLevel);
        buffer.open();
        opcode = Opcode.of(type);
        firstFrame = true;
    }

    /** Whether a message has begun and is not finished. */
    boolean isOpen() {
        return buffer != null && buffer.isOpen();
    }

    /** Whether the peer has got a part of the open message. */
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

    /** Gives the open message up, if there is one. */
    void abort() {
        if (isOpen()) {
            buffer.close(false);
            deflater.forget();
        }
    }

    /** Gives everything back. For any thread, once, at the very end. */
    void release() {
        if (deflater != null) {
            try {
                buffer.abandon();
            } finally {
                deflater.release();
            }
        }
    }

    /** The end of what is there may turn out to be the tail, which is left out. */
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
        traffic.sentOnWire(length);
    }
}
