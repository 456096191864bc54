package io.twintrace.websocket.internal.read;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.internal.frame.ControlPayload;
import io.twintrace.websocket.internal.frame.FrameHeader;
import io.twintrace.websocket.internal.frame.FrameHeaderDecoder;
import io.twintrace.websocket.internal.frame.FrameSequence;
import io.twintrace.websocket.internal.io.ByteCounter;
import java.io.IOException;

/**
 * Reads frames (RFC 6455 section 5): the payloads of data frames, and control frames between them. Only the reading
 * thread calls these methods.
 */
final class FrameReader {
    private final ReadBuffer buffer;
    private final FrameHeaderDecoder decoder;
    private final FrameHeader header = new FrameHeader();
    private final FrameSequence sequence;

    // The data frame being read. A control frame between two frames of its message does not change these.
    private long frameRemaining;
    private long framePosition;
    private int maskKey;
    private boolean lastFrame = true;

    // The control frame being read; null if there is none.
    private byte[] control;
    private int controlLength;

    /** The peer's Close frame; null until it arrives. */
    private CloseStatus closed;

    FrameReader(ReadBuffer buffer, FrameHeaderDecoder decoder, FrameSequence sequence) {
        this.buffer = buffer;
        this.decoder = decoder;
        this.sequence = sequence;
    }

    /** Returns the header of the data frame. It is valid until the next call of {@link #nextFrame}. */
    FrameHeader header() {
        return header;
    }

    /** Returns whether a frame's header has been read, but not all of its payload. */
    boolean isInsideFrame() {
        return frameRemaining > 0 || control != null;
    }

    /** Returns whether no message has begun, and the peer has not closed. */
    boolean isAtRest() {
        return !isInsideFrame() && lastFrame && closed == null && !sequence.insideMessage();
    }

    /** Returns whether the message's last byte has been read. */
    boolean isComplete() {
        return frameRemaining == 0 && lastFrame;
    }

    /** Returns how many bytes of the message are known to follow. */
    long known() {
        return frameRemaining;
    }

    /** Returns whether the frame being read is the message's last one. */
    boolean isLastFrame() {
        return lastFrame;
    }

    /**
     * Moves to the next payload of the current message, in another frame if necessary.
     *
     * @return false if that payload has not arrived, or the message has ended
     */
    boolean toPayload() throws IOException {
        while (frameRemaining == 0 && !lastFrame) {
            switch (nextFrame()) {
                case BEGUN -> {}
                case NOTHING_NOW -> {
                    return false;
                }
                case END -> throw buffer.source().control().unexpected(closed);
            }
        }
        return frameRemaining > 0;
    }

    /**
     * Reads a piece of the current message's payload.
     *
     * @return how many bytes; 0 if none have arrived or {@code most} is 0; -1 at the message's end
     */
    int read(byte[] into, int offset, int most) throws IOException {
        if (!toPayload()) {
            return isComplete() ? -1 : 0;
        }
        if (most == 0) {
            return 0;
        }
        int n = buffer.take(into, offset, (int) Math.min(most, frameRemaining), maskKey, framePosition);
        taken(n);
        return n;
    }

    /** Returns the masking key of the data frame being read. */
    int maskKey() {
        return maskKey;
    }

    /** Returns how many bytes of the data frame's payload have been taken. */
    long position() {
        return framePosition;
    }

    /** Notes that payload was taken and unmasked where it lies. */
    void taken(int bytes) {
        framePosition += bytes;
        frameRemaining -= bytes;
        ByteCounter counter = buffer.source().counter();
        counter.receivedOnWire(bytes);
        if (frameRemaining == 0 && lastFrame && bytes > 0) { // else nextFrame has counted it, or it is not over
            counter.messageReceived();
        }
    }

    /** Moves to the next data frame. The previous one must have been taken to its end. */
    Next nextFrame() throws IOException {
        while (closed == null) {
            if (control == null) {
                if (!buffer.readHeader(decoder, header)) {
                    return Next.NOTHING_NOW;
                }
                buffer.source().counter().frameBegun();
            }
            if (!header.opcode().isControl()) {
                sequence.accept(header, buffer.source());
                frameRemaining = header.payloadLength();
                framePosition = 0;
                maskKey = header.maskKey();
                lastFrame = header.fin();
                if (lastFrame && frameRemaining == 0) {
                    buffer.source().counter().messageReceived();
                }
                return Next.BEGUN;
            }
            if (!readControl()) {
                return Next.NOTHING_NOW;
            }
        }
        return peerClosed(); // also if a handler threw at the Close frame
    }

    /** Reads the rest of a control frame. Returns false if the frame has not arrived whole. */
    private boolean readControl() throws IOException {
        int length = (int) header.payloadLength(); // at most 125, which the decoder has checked
        if (control == null) {
            control = new byte[length];
            controlLength = 0;
        }
        while (controlLength < length) {
            int n = buffer.take(control, controlLength, length - controlLength, header.maskKey(), controlLength);
            if (n == 0) {
                return false;
            }
            controlLength += n;
        }
        byte[] payload = control;
        control = null; // first, because a handler may throw
        ControlFrameReceiver controlFrames = buffer.source().control();
        switch (header.opcode()) {
            case PING -> controlFrames.ping(payload);
            case PONG -> controlFrames.pong(payload);
            default -> {
                closed = ControlPayload.parseClose(payload);
                controlFrames.close(closed);
            }
        }
        return true;
    }

    private Next peerClosed() throws IOException {
        if (CloseCode.isOrdinary(closed.code()) && !sequence.insideMessage()) {
            return Next.END;
        }
        throw buffer.source().control().unexpected(closed);
    }
}
