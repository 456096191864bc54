package io.twintrace.websocket.internal.frame;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.ProtocolException;

/**
 * The order of frames within messages (RFC 6455 section 5.4) and the bounds of a message: bytes over all fragments, and
 * the number of fragments, so that a message of empty fragments ends as well. Not safe for use by several threads.
 */
public final class FrameSequence {
    /** A sender that flushes after each few bytes makes them longer: twice as long and this are let pass. */
    private static final int COMPRESSION_SLACK = 1024;

    private final int fragmentLimit;

    private volatile long readLimit;
    private boolean insideMessage;
    private int fragments;
    private long length;
    private boolean compressed;
    private long inflated;

    /**
     * @param readLimit the most bytes of one message, 0 for no limit
     * @param fragmentLimit the most frames of one message
     */
    public FrameSequence(long readLimit, int fragmentLimit) {
        this.readLimit = readLimit;
        this.fragmentLimit = fragmentLimit;
    }

    /** Changes the limit in bytes; holds from now on, for the message that is being read as well. Any thread. */
    public void readLimit(long bytes) {
        this.readLimit = bytes;
    }

    /** The limit in bytes; {@link Long#MAX_VALUE} where there is none. */
    public long limit() {
        long limit = readLimit;
        return limit == 0 ? Long.MAX_VALUE : limit;
    }

    /** Whether a message has begun whose last frame has not come. */
    public boolean insideMessage() {
        return insideMessage;
    }

    /**
     * Takes note of the header of a data frame.
     *
     * @throws ProtocolException 1002 for a frame out of order, 1008 for too many fragments
     * @throws MessageTooBigException 1009 when the message is longer than the limit, or longer than 2^63-1 bytes
     */
    public void accept(FrameHeader header) throws ProtocolException {
        boolean continuation = header.opcode() == Opcode.CONTINUATION;
        if (continuation != insideMessage) {
            throw new ProtocolException(
                    CloseCode.PROTOCOL_ERROR,
                    continuation
                            ? "CONTINUATION frame without a message to continue"
                            : header.opcode() + " frame inside an unfinished message");
        }
        if (!continuation) {
            fragments = 0;
            length = 0;
            compressed = header.rsv1();
            inflated = 0;
        }
        if (++fragments > fragmentLimit) {
            throw new ProtocolException(
                    CloseCode.POLICY_VIOLATION, "message of more than " + fragmentLimit + " fragments");
        }
        // Subtracting cannot overflow; adding could, for lengths that the peer is free to invent.
        if (header.payloadLength() > mostOnWire() - length) {
            throw compressed
                    ? MessageTooBigException.onWire(limit(), mostOnWire())
                    : new MessageTooBigException(limit());
        }
        length += header.payloadLength();
        insideMessage = !header.fin();
    }

    /**
     * Takes note of bytes that a compressed message has been inflated to.
     *
     * @throws MessageTooBigException 1009 when the message is longer than the limit
     */
    public void acceptInflated(int bytes) throws MessageTooBigException {
        inflated += bytes;
        if (inflated > limit()) {
            throw new MessageTooBigException(limit());
        }
    }

    /** Compressed data may be longer than what it stands for, but not without bounds. */
    private long mostOnWire() {
        long limit = limit();
        if (!compressed) {
            return limit;
        }
        return limit > (Long.MAX_VALUE - COMPRESSION_SLACK) / 2 ? Long.MAX_VALUE : 2 * limit + COMPRESSION_SLACK;
    }
}
