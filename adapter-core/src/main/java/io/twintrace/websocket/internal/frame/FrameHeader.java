package io.twintrace.websocket.internal.frame;

/**
 * The header of one frame (RFC 6455 section 5.2). One object serves a whole connection: {@link FrameHeaderDecoder}
 * fills it anew for each frame, so that reading a frame allocates nothing.
 */
public final class FrameHeader {
    /** The longest header: two bytes, eight of extended length, four of masking key. */
    public static final int MAX_BYTES = 14;

    /** The most that a control frame may carry (RFC 6455 section 5.5). */
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

    /** The masking key, its first byte on the wire highest; meaningless unless {@link #masked()}. */
    public int maskKey() {
        return maskKey;
    }

    /** As declared by the peer, 0 to 2^63-1: never a reason to allocate that much. */
    public long payloadLength() {
        return payloadLength;
    }
}
