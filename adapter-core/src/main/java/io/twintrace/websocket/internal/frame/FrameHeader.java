package io.twintrace.websocket.internal.frame;

/**
 * The header of one frame (RFC 6455 section 5.2). {@link FrameHeaderDecoder} fills one instance
 * again for each frame, so that reading a frame allocates nothing.
 */
public final class FrameHeader {
    /** The length of the longest header: two bytes, eight of extended length, four of masking key. */
    public static final int MAX_BYTES = 14;

    /** The maximum payload of a control frame (RFC 6455 section 5.5). */
    public static final int MAX_CONTROL_PAYLOAD = 125;

    boolean fin;
    boolean rsv1;
    Opcode opcode;
    boolean masked;
    int maskKey;
    long payloadLength;

    public boolean fin() {
        return fin;
    }

    /** The bit that permessage-deflate sets on the first frame of a compressed message (RFC 7692 section 6). */
    public boolean rsv1() {
        return rsv1;
    }

    public Opcode opcode() {
        return opcode;
    }

    public boolean masked() {
        return masked;
    }

    /** The masking key; the first byte on the wire is the highest. Meaningless unless {@link #masked()}. */
    public int maskKey() {
        return maskKey;
    }

    /** The length that the peer declares, 0 to 2^63-1. Never allocate that much because of it. */
    public long payloadLength() {
        return payloadLength;
    }
}
