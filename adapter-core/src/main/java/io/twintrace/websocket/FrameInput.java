package io.twintrace.websocket;

import io.twintrace.websocket.frame.CloseCode;
import io.twintrace.websocket.frame.CloseStatus;
import io.twintrace.websocket.frame.FrameHeader;
import io.twintrace.websocket.frame.FrameHeaderDecoder;
import io.twintrace.websocket.frame.FrameSequence;
import io.twintrace.websocket.frame.Masking;
import io.twintrace.websocket.frame.Opcode;
import java.io.IOException;
import java.util.Objects;

/**
 * The lower half of reading: turns frames into the payloads of messages, and answers control frames on the way. For the
 * thread that holds the reading lock; the handlers may be set by any thread.
 */
final class FrameInput {
    private final ByteSource source;
    private final FrameOutput output;
    private final Closing closing;
    private final Traffic traffic;
    private final FrameHeaderDecoder decoder;
    private final FrameHeader header = new FrameHeader();
    private final FrameSequence sequence;

    // The data frame being read. A control frame between two of its message leaves these alone.
    private long frameRemaining;
    private long framePosition;
    private int maskKey;
    private boolean lastFrame = true;

    private volatile ControlHandler pingHandler;
    private volatile ControlHandler pongHandler;
    private volatile CloseHandler closeHandler;

    FrameInput(
            ByteSource source,
            FrameOutput output,
            Closing closing,
            Traffic traffic,
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

    /** Waits for the next message's first frame; null when the peer has closed in the ordinary way. */
    FrameHeader nextMessage() throws IOException {
        return nextDataFrame() ? header : null;
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
     * Reads a piece of the current message's payload.
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
        }
        if (most == 0) {
            return 0;
        }
        int n = source.take(into, offset, (int) Math.min(most, frameRemaining));
        Masking.apply(into, offset, n, maskKey, framePosition);
        framePosition += n;
        frameRemaining -= n;
        traffic.receivedOnWire(n);
        return n;
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
