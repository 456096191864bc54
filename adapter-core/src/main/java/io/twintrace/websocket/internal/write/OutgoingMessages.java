package io.twintrace.websocket.internal.write;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageType;
import io.twintrace.websocket.detect.WriteDetector;
import io.twintrace.websocket.internal.frame.Opcode;
import io.twintrace.websocket.internal.io.BufferPool;
import io.twintrace.websocket.internal.io.ByteCounter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;

/**
 * Turns messages into frames. Every method runs inside the detector's guard, which protects all fields, except
 * {@link #abandon()}.
 */
final class OutgoingMessages implements MessageOutputStream.Target {
    private final FrameWriter frames;
    private final ControlFrameWriter control;
    private final WriteDetector detector;
    private final ByteCounter counter;
    private final CompressedMessages compressed;

    /** Checks whole messages, which may be written while another message is open; null until the first such message. */
    private OutgoingText wholeText;

    /** The open message, or null. */
    private MessageOutputStream open;

    private final BufferPool pool;

    /** The part of the open message that was not sent or compressed yet; null until the first such message. */
    private volatile OpenMessageBuffer buffer;

    OutgoingMessages(
            FrameWriter frames,
            ControlFrameWriter control,
            WriteDetector detector,
            BufferPool pool,
            ByteCounter counter,
            CompressedMessages compressed) {
        this.frames = frames;
        this.control = control;
        this.detector = detector;
        this.counter = counter;
        this.compressed = compressed;
        this.pool = pool;
    }

    /** Sends one message, as one frame unless it is compressed. */
    void writeMessage(MessageType type, ByteBuffer payload) throws IOException {
        Objects.requireNonNull(type, "type");
        if (type == MessageType.TEXT) {
            if (wholeText == null) {
                wholeText = new OutgoingText();
            }
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
            counter.sentOnWire(length);
        }
        counter.sent(length);
        counter.messageSent();
    }

    void writePrepared(EncodedMessage message) throws IOException {
        EncodedMessage.Frame plain = message.plain();
        finishOpenMessage();
        frames.admit();
        if (compressed.isWanted(plain.payloadLength())) {
            compressed.writePrepared(message);
        } else {
            frames.writeEncoded(plain.bytes());
            counter.sentOnWire(plain.payloadLength());
        }
        counter.sent(plain.payloadLength());
        counter.messageSent();
    }

    void writePrepared(List<EncodedMessage> together) throws IOException {
        finishOpenMessage();
        frames.admit();
        ByteBuffer[] all = new ByteBuffer[together.size()];
        int sent = 0;
        int onWire = 0;
        for (int i = 0; i < all.length; i++) {
            EncodedMessage message = together.get(i);
            EncodedMessage.Frame frame =
                    compressed.isWanted(message.length()) ? compressed.frameOf(message) : message.plain();
            all[i] = frame.bytes();
            sent += message.length();
            onWire += frame.payloadLength();
        }
        frames.writeEncoded(all);
        counter.sentOnWire(onWire);
        counter.sent(sent);
        counter.messagesSent(all.length);
    }

    MessageOutputStream nextWriter(MessageType type) throws IOException {
        finishOpenMessage();
        frames.admit();
        if (buffer == null) {
            buffer = new OpenMessageBuffer(frames, pool);
        }
        buffer.begin(compressed.effectiveLevel());
        open = new MessageOutputStream(this, detector, type);
        boolean writable = false;
        try {
            detector.messageOpened();
            frames.checkWritable(); // once more: a thread that ends the connection from now on finds the buffer
            writable = true;
        } finally {
            if (!writable) {
                endMessage(false);
            }
        }
        return open;
    }

    @Override
    public void checkWritable() throws IOException {
        frames.checkWritable();
    }

    /**
     * Adds bytes to the open message. A full buffer leaves as a fragment. Bytes that are too many to be worth copying
     * leave without the buffer.
     */
    @Override
    public void append(MessageOutputStream writer, ByteBuffer bytes) throws IOException {
        try {
            frames.admit();
        } catch (IOException e) {
            endMessage(false); // without this piece the message would not be what the application meant
            throw e;
        }
        if (writer.type() == MessageType.TEXT) {
            buffer.text().accept(bytes);
        }
        int length = bytes.remaining();
        if (length > 2 * buffer.bytes().capacity()) {
            sendBuffered();
            sendLarge(bytes);
        } else {
            buffer(bytes);
        }
        counter.sent(length);
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

    @Override
    public void flush() throws IOException {
        sendBuffered();
        if (compressed.isOpen()) {
            try {
                compressed.flush();
            } catch (Throwable e) {
                endMessage(false);
                throw e;
            }
        }
        frames.flush(); // a flushed fragment must not wait for more frames
    }

    @Override
    public void finish(MessageOutputStream writer) throws IOException {
        boolean complete = false;
        try {
            writer.appendUnpairedSurrogate();
            if (writer.type() == MessageType.TEXT) {
                buffer.text().end();
            }
            if (compressed.isOpen() || (buffer.level() != 0 && compressed.isWorthwhile(buffer.length()))) {
                sendBuffered();
                compressed.finish();
            } else {
                sendFragment(true);
            }
            complete = true;
            counter.messageSent();
        } finally {
            endMessage(complete);
        }
    }

    /** Ends the open message. If it is not complete, its end was not sent. */
    private void endMessage(boolean complete) {
        if (open == null) {
            return;
        }
        if (!complete && (!buffer.isFirst() || compressed.hasSent())) {
            // The peer waits for an end that cannot come. It would take any other message for a part of this one.
            control.requestClose(new CloseStatus(CloseCode.INTERNAL_ERROR, "unfinished message").payload());
        }
        open.markFinished(complete);
        open = null;
        detector.messageFinished();
        buffer.close(complete);
        if (!complete) {
            compressed.abort();
        }
    }

    /**
     * Gives back the memory of messages that no thread will finish. Any thread may call this, when the connection ends.
     */
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

    /**
     * Completes the open message, if there is one, because its thread starts the next one (as in gorilla/websocket). If
     * nothing can be written any more, gives it up, whichever thread starts the next one.
     */
    void finishOpenMessage() throws IOException {
        if (open == null) {
            return;
        }
        if (frames.isOver()) {
            endMessage(false);
            frames.checkWritable();
        } else {
            finish(open);
        }
    }

    /** Sends the buffer's content, or passes it to the compressor. */
    private void sendBuffered() throws IOException {
        if (buffer.length() == 0) {
            return;
        }
        try {
            if (buffer.level() != 0) {
                compress(buffer.bytes().flip().position(FragmentBuffer.CONTENT));
                buffer.clear();
            } else {
                sendFragment(false);
            }
        } catch (Throwable e) {
            endMessage(false); // the connection is closing or broken, so the message's end cannot be sent
            throw e;
        }
    }

    /** Sends a large piece without copying it into the buffer. */
    private void sendLarge(ByteBuffer payload) throws IOException {
        try {
            if (buffer.level() != 0) {
                compress(payload);
            } else {
                int length = payload.remaining();
                frames.writeFrame(false, false, buffer.nextOpcode(open.type()), payload);
                counter.sentOnWire(length);
            }
        } catch (Throwable e) {
            endMessage(false);
            throw e;
        }
    }

    private void sendFragment(boolean fin) throws IOException {
        int length = buffer.length();
        buffer.send(fin, false, buffer.nextOpcode(open.type()));
        counter.sentOnWire(length);
    }

    private void compress(ByteBuffer bytes) throws IOException {
        if (!compressed.isOpen()) {
            compressed.begin(open.type(), buffer.level());
        }
        compressed.write(bytes);
    }
}
