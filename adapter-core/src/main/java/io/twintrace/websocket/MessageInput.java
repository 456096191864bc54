package io.twintrace.websocket;

import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.frame.FrameHeader;
import io.twintrace.websocket.frame.FrameHeaderDecoder;
import io.twintrace.websocket.frame.FrameSequence;
import io.twintrace.websocket.frame.Masking;
import io.twintrace.websocket.frame.MessageTooBigException;
import io.twintrace.websocket.frame.Opcode;
import io.twintrace.websocket.frame.ProtocolException;
import io.twintrace.websocket.frame.Utf8Validator;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * The reading half's state machine: turns frames into messages, and answers control frames on the way. For the thread
 * that holds the reading lock; the handlers may be set by any thread.
 */
final class MessageInput {
    /** Payloads up to here are allocated at once; larger ones grow as they arrive, whatever the peer declares. */
    private static final int TRUSTED_LENGTH = 16 * 1024;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final ByteSource source;
    private final FrameOutput output;
    private final Closing closing;
    private final FrameHeaderDecoder decoder = new FrameHeaderDecoder(true, false);
    private final FrameHeader header = new FrameHeader();
    private final FrameSequence sequence;
    private final Utf8Validator utf8 = new Utf8Validator();

    // The data frame being read. A control frame between two of its message leaves these alone.
    private long frameRemaining;
    private long framePosition;
    private int maskKey;
    private boolean lastFrame = true;
    private boolean text;

    private MessageReader current;

    /** The reader of a message that was dropped unfinished when this side closed: it must not look complete. */
    private MessageReader dropped;

    private volatile ControlHandler pingHandler;
    private volatile ControlHandler pongHandler;
    private volatile CloseHandler closeHandler;

    MessageInput(ByteSource source, FrameOutput output, Closing closing, FrameSequence sequence) {
        this.source = source;
        this.output = output;
        this.closing = closing;
        this.sequence = sequence;
        this.pingHandler = output::offerPong;
        this.pongHandler = payload -> {};
        this.closeHandler = status -> {};
    }

    void readLimit(long bytes) {
        sequence.readLimit(bytes);
    }

    void pingHandler(ControlHandler handler) {
        this.pingHandler = handler != null ? handler : output::offerPong;
    }

    void pongHandler(ControlHandler handler) {
        this.pongHandler = handler != null ? handler : payload -> {};
    }

    void closeHandler(CloseHandler handler) {
        this.closeHandler = handler != null ? handler : status -> {};
    }

    /** Drops what is left of the message before, and waits for the next one; null when the peer has closed. */
    MessageReader nextReader(ReadHalf owner) throws IOException {
        skipMessage();
        if (!nextDataFrame()) {
            return null;
        }
        text = header.opcode() == Opcode.TEXT;
        utf8.reset();
        checkEndOfText();
        current = new MessageReader(owner, MessageType.of(header.opcode()));
        return current;
    }

    boolean isDropped(MessageReader reader) {
        return dropped == reader;
    }

    boolean isCurrent(MessageReader reader) {
        return current == reader;
    }

    /** Reads the whole message that {@link #nextReader} has begun. */
    byte[] readAll() throws IOException {
        byte[] bytes = new byte[(int) Math.min(frameRemaining, TRUSTED_LENGTH)];
        int length = 0;
        while (true) {
            if (length == bytes.length && (frameRemaining > 0 || !lastFrame)) {
                bytes = Arrays.copyOf(bytes, grown(length));
            }
            int n = read(bytes, length, bytes.length - length);
            if (n < 0) {
                return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
            }
            length += n;
        }
    }

    private int grown(int length) throws MessageTooBigException {
        if (length == LARGEST_ARRAY) {
            throw new MessageTooBigException(LARGEST_ARRAY);
        }
        // Doubled, so that memory follows what has arrived; not beyond a last frame's known end.
        long doubled = Math.max(2L * length, 1024);
        long wanted = lastFrame ? Math.min(doubled, length + frameRemaining) : doubled;
        return (int) Math.min(wanted, LARGEST_ARRAY);
    }

    /**
     * Reads a piece of the current message.
     *
     * @return how many bytes, at least one unless {@code most} is 0; -1 at the message's end
     */
    int read(byte[] into, int offset, int most) throws IOException {
        while (frameRemaining == 0) {
            if (lastFrame) {
                return -1;
            }
            if (!nextDataFrame()) {
                throw CloseException.byPeer(Objects.requireNonNull(closing.received()), closing.isReceivedAsAnswer());
            }
            checkEndOfText();
        }
        if (most == 0) {
            return 0;
        }
        int n = source.take(into, offset, (int) Math.min(most, frameRemaining));
        Masking.apply(into, offset, n, maskKey, framePosition);
        framePosition += n;
        frameRemaining -= n;
        if (text) {
            utf8.accept(into, offset, n);
            checkEndOfText();
        }
        return n;
    }

    /** Reads and drops frames until the peer's Close frame, an error or a deadline. */
    void readToClose() throws IOException {
        if (!isComplete()) {
            dropped = current;
        }
        do {
            skipMessage();
        } while (nextDataFrame());
    }

    private void skipMessage() throws IOException {
        if (isComplete()) {
            return;
        }
        byte[] scratch = new byte[4096];
        int n;
        do {
            n = read(scratch, 0, scratch.length);
        } while (n >= 0);
    }

    private boolean isComplete() {
        return frameRemaining == 0 && lastFrame;
    }

    private void checkEndOfText() throws ProtocolException {
        if (text && lastFrame && frameRemaining == 0) {
            utf8.finish();
        }
    }

    /** Goes on to the next data frame; false when the peer has closed in the ordinary way. */
    private boolean nextDataFrame() throws IOException {
        while (closing.received() == null) {
            source.readHeader(decoder, header);
            if (header.opcode().isControl()) {
                if (!readControl()) {
                    return false;
                }
            } else {
                sequence.accept(header);
                frameRemaining = header.payloadLength();
                framePosition = 0;
                maskKey = header.maskKey();
                lastFrame = header.fin();
                return true;
            }
        }
        return peerClosed(closing.received()); // a handler has met the Close frame, or thrown at it
    }

    private boolean readControl() throws IOException {
        Opcode opcode = header.opcode();
        int length = (int) header.payloadLength(); // at most 125, the decoder has seen to it
        int key = header.maskKey();
        byte[] payload = new byte[length];
        for (int at = 0; at < length; ) {
            at += source.take(payload, at, length - at);
        }
        Masking.apply(payload, 0, length, key, 0);
        switch (opcode) {
            case PING -> pingHandler.onFrame(payload);
            case PONG -> pongHandler.onFrame(payload);
            default -> {
                return readClose(payload);
            }
        }
        return true;
    }

    private boolean readClose(byte[] payload) throws IOException {
        CloseStatus status = CloseStatus.parse(payload);
        closing.received(status);
        try {
            closeHandler.onClose(status);
        } finally {
            output.requestClose(new CloseStatus(status.code(), "").payload());
            output.peerHasClosed();
        }
        return peerClosed(status);
    }

    private boolean peerClosed(CloseStatus status) throws CloseException {
        if (CloseCode.isOrdinary(status.code()) && !sequence.insideMessage()) {
            return false;
        }
        throw CloseException.byPeer(status, closing.isReceivedAsAnswer());
    }
}
