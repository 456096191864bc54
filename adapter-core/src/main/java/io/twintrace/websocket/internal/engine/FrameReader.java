package io.twintrace.websocket.internal.engine;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseException;
import io.twintrace.websocket.CloseHandler;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ControlHandler;
import io.twintrace.websocket.internal.frame.ControlPayload;
import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.FrameSequence;
import java.io.IOException;
import java.util.Objects;

/**
 * The lower half of reading: turns frames into the payloads of messages, and answers control frames on the way. For the
 * thread that holds the reading lock, or is in the listener's turn; the handlers may be set by any thread.
 */
final class FrameReader {
    private final InputBytes source;
    private final FrameWriter output;
    private final CloseHandshake closing;
    private final ByteCounter traffic;
    private final FrameHeaderDecoder decoder;
    private final FrameHeader header = new FrameHeader();
    private final FrameSequence sequence;

    // The data frame being read. A control frame between two of its message leaves these alone.
    private long frameRemaining;
    private long framePosition;
    private int maskKey;
    private boolean lastFrame = true;

    private long framesBegun;

    // The control frame being read; null while there is none.
    private byte[] control;
    private int controlLength;

    private volatile ControlHandler pingHandler;
    private volatile ControlHandler pongHandler;
    private volatile CloseHandler closeHandler;

    FrameReader(
            InputBytes source,
            FrameWriter output,
            CloseHandshake closing,
            ByteCounter traffic,
            FrameHeaderDecoder decoder,
            FrameSequence sequence) {
        this.source = source;
        this.output = output;
        this.closing = closing;
        this.traffic = traffic;
        this.decoder = decoder;
        this.sequence = sequence;
        this.pingHandler = output::offerPong;
        this.pongHandler = payload -> {};
        this.closeHandler = status -> {};
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

    /** What came of asking for the next data frame. */
    enum Next {
        /** Its header has been read. */
        FRAME,
        /** The peer has closed in the ordinary way. */
        END,
        /** It has not arrived. */
        NOTHING_NOW
    }

    /** The data frame's header, until the next one is asked for. */
    FrameHeader header() {
        return header;
    }

    /** Whether there is more of a frame to come whose header has been read. */
    boolean isInsideFrame() {
        return frameRemaining > 0 || control != null;
    }

    /** How many frames have begun so far. */
    long framesBegun() {
        return framesBegun;
    }

    /** Whether the message's last byte has been read. */
    boolean isComplete() {
        return frameRemaining == 0 && lastFrame;
    }

    /** How many bytes of the message are known to come. */
    long known() {
        return frameRemaining;
    }

    /** Whether the frame being read is the message's last one. */
    boolean isLastFrame() {
        return lastFrame;
    }

    /**
     * Goes on to the current message's next payload, in another frame if need be.
     *
     * @return false when that has not arrived, or the message has come to its end
     */
    boolean toPayload() throws IOException {
        while (frameRemaining == 0 && !lastFrame) {
            switch (nextFrame()) {
                case FRAME -> {}
                case NOTHING_NOW -> {
                    return false;
                }
                case END ->
                    throw CloseExceptions.byPeer(
                            Objects.requireNonNull(closing.received()), closing.isReceivedAsAnswer());
            }
        }
        return frameRemaining > 0;
    }

    /**
     * Reads a piece of the current message's payload.
     *
     * @return how many bytes; 0 when none have arrived, or {@code most} is 0; -1 at the message's end
     */
    int read(byte[] into, int offset, int most) throws IOException {
        if (!toPayload()) {
            return isComplete() ? -1 : 0;
        }
        if (most == 0) {
            return 0;
        }
        int n = source.take(into, offset, (int) Math.min(most, frameRemaining), maskKey, framePosition);
        taken(n);
        return n;
    }

    /** The masking key of the data frame being read. */
    int maskKey() {
        return maskKey;
    }

    /** How much of the data frame being read was taken. */
    long position() {
        return framePosition;
    }

    /** Takes note of payload that was taken and unmasked where it is. */
    void taken(int bytes) {
        framePosition += bytes;
        frameRemaining -= bytes;
        traffic.receivedOnWire(bytes);
    }

    /** Goes on to the next data frame, once the one before has been taken to its end. */
    Next nextFrame() throws IOException {
        while (closing.received() == null) {
            if (control == null) {
                if (!source.readHeader(decoder, header)) {
                    return Next.NOTHING_NOW;
                }
                framesBegun++;
            }
            if (!header.opcode().isControl()) {
                sequence.accept(header);
                frameRemaining = header.payloadLength();
                framePosition = 0;
                maskKey = header.maskKey();
                lastFrame = header.fin();
                return Next.FRAME;
            }
            if (!readControl()) {
                return Next.NOTHING_NOW;
            }
        }
        return peerClosed(closing.received()); // also when a handler has met the Close frame, or thrown at it
    }

    /** False while the frame has not arrived whole. */
    private boolean readControl() throws IOException {
        int length = (int) header.payloadLength(); // at most 125, the decoder has seen to it
        if (control == null) {
            control = new byte[length];
            controlLength = 0;
        }
        while (controlLength < length) {
            int n = source.take(control, controlLength, length - controlLength, header.maskKey(), controlLength);
            if (n == 0) {
                return false;
            }
            controlLength += n;
        }
        byte[] payload = control;
        control = null; // first, since a handler may throw
        switch (header.opcode()) {
            case PING -> pingHandler.onFrame(payload);
            case PONG -> pongHandler.onFrame(payload);
            default -> readClose(payload);
        }
        return true;
    }

    private void readClose(byte[] payload) throws IOException {
        CloseStatus status = ControlPayload.parseClose(payload);
        closing.received(status);
        try {
            closeHandler.onClose(status);
        } finally {
            output.requestClose(new CloseStatus(status.code(), "").payload());
            output.peerHasClosed();
        }
    }

    private Next peerClosed(CloseStatus status) throws CloseException {
        if (CloseCode.isOrdinary(status.code()) && !sequence.insideMessage()) {
            return Next.END;
        }
        throw CloseExceptions.byPeer(status, closing.isReceivedAsAnswer());
    }
}
