package io.twintrace.websocket.internal.frame;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.MessageTooBigException;
import io.twintrace.websocket.ProtocolException;

/**
 * Checks the order of frames within messages (RFC 6455 section 5.4), and limits a message: its bytes over all
 * fragments, and the number of fragments, so that a message of empty fragments ends as well. Not thread-safe.
 */
public final class FrameSequence {
    /** Extra compressed bytes to allow beyond twice the limit: frequent flushes make compressed data longer. */
    private static final int COMPRESSION_SLACK = 1024;

    private boolean insideMessage;
    private int fragments;
    private long length;
    private boolean compressed;
    private long inflated;

    /** Returns the current limit in bytes, or {@link Long#MAX_VALUE} if there is none. */
    public static long limit(MessageLimits limits) {
        long limit = limits.readLimit();
        return limit == 0 ? Long.MAX_VALUE : limit;
    }

    /** Returns whether a message has begun and its last frame has not yet arrived. */
    public boolean insideMessage() {
        return insideMessage;
    }

    /**
     * Accepts the header of a data frame.
     *
     * @param limits those of the connection; a change counts from the next call on
     * @throws ProtocolException 1002 for a frame out of order, 1008 for too many fragments
     * @throws MessageTooBigException 1009 if the message is longer than the limit, or longer than 2^63-1 bytes
     */
    public void accept(FrameHeader header, MessageLimits limits) throws ProtocolException {
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
        if (++fragments > limits.fragmentLimit()) {
            throw new ProtocolException(
                    CloseCode.POLICY_VIOLATION, "message of more than " + limits.fragmentLimit() + " fragments");
        }
        long limit = limit(limits);
        // Subtract: a sum could overflow, because the peer may declare any length.
        if (header.payloadLength() > maxOnWire(limit) - length) {
            throw compressed
                    ? MessageTooBigException.onWire(limit, maxOnWire(limit))
                    : new MessageTooBigException(limit);
        }
        length += header.payloadLength();
        insideMessage = !header.fin();
    }

    /**
     * Counts bytes of a compressed message after inflation.
     *
     * @throws MessageTooBigException 1009 if the message is longer than the limit
     */
    public void acceptInflated(int bytes, MessageLimits limits) throws MessageTooBigException {
        inflated += bytes;
        long limit = limit(limits);
        if (inflated > limit) {
            throw new MessageTooBigException(limit);
        }
    }

    /** Returns the limit for bytes on the wire. Compression may make data longer, but not without bounds. */
    private long maxOnWire(long limit) {
        if (!compressed) {
            return limit;
        }
        return limit > (Long.MAX_VALUE - COMPRESSION_SLACK) / 2 ? Long.MAX_VALUE : 2 * limit + COMPRESSION_SLACK;
    }
}
