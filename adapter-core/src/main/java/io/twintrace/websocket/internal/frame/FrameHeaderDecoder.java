package io.twintrace.websocket.internal.frame;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.ProtocolException;
import java.nio.ByteBuffer;

/**
 * Reads frame headers strictly. It checks opcode, reserved bits, mask and length as soon as their byte has arrived,
 * before anybody allocates memory for the payload (RFC 6455 section 5.2). Stateless, so safe for use by any thread.
 */
public final class FrameHeaderDecoder {
    private static final int FIN = 0x80;
    private static final int RSV1 = 0x40;
    private static final int RSV2_RSV3 = 0x30;
    private static final int MASK = 0x80;

    private final boolean maskExpected;
    private final boolean rsv1Allowed;

    /**
     * @param maskExpected true on a server, false on a client (RFC 6455 section 5.1)
     * @param rsv1Allowed whether an extension that uses RSV1 was negotiated
     */
    public FrameHeaderDecoder(boolean maskExpected, boolean rsv1Allowed) {
        this.maskExpected = maskExpected;
        this.rsv1Allowed = rsv1Allowed;
    }

    /**
     * Reads one header from {@code in} if all of it has arrived.
     *
     * @return false if bytes are missing; the buffer's position is then unchanged
     * @throws ProtocolException 1002 for bytes that no continuation could make valid
     */
    public boolean decode(ByteBuffer in, FrameHeader header) throws ProtocolException {
        int start = in.position();
        int available = in.remaining();
        if (available == 0) {
            return false;
        }
        decodeFirst(in.get(start) & 0xFF, header);
        if (available == 1) {
            return false;
        }
        int shortLength = decodeSecond(in.get(start + 1) & 0xFF, header);
        int lengthBytes = shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0;
        int size = 2 + lengthBytes + (header.masked ? 4 : 0);
        if (available < 2 + lengthBytes) {
            return false;
        }
        header.payloadLength = decodeLength(in, start + 2, shortLength);
        if (available < size) {
            return false;
        }
        if (header.masked) {
            header.maskKey = in.getInt(start + size - 4);
        }
        in.position(start + size);
        return true;
    }

    private void decodeFirst(int first, FrameHeader header) throws ProtocolException {
        Opcode opcode = Opcode.of(first);
        if (opcode == null) {
            throw error("reserved opcode 0x" + Integer.toHexString(first & 0x0F));
        }
        boolean fin = (first & FIN) != 0;
        boolean rsv1 = (first & RSV1) != 0;
        if ((first & RSV2_RSV3) != 0) {
            throw error("reserved bit RSV2 or RSV3 is set");
        }
        if (rsv1 && !rsv1Allowed) {
            throw error("reserved bit RSV1 is set, but no extension was negotiated");
        }
        if (rsv1 && (opcode.isControl() || opcode == Opcode.CONTINUATION)) {
            throw error("reserved bit RSV1 is set on a " + opcode + " frame");
        }
        if (opcode.isControl() && !fin) {
            throw error("fragmented " + opcode + " frame");
        }
        header.opcode = opcode;
        header.fin = fin;
        header.rsv1 = rsv1;
    }

    private int decodeSecond(int second, FrameHeader header) throws ProtocolException {
        boolean masked = (second & MASK) != 0;
        if (masked != maskExpected) {
            throw error(maskExpected ? "frame from the client is not masked" : "frame from the server is masked");
        }
        int shortLength = second & 0x7F;
        if (header.opcode.isControl() && shortLength > FrameHeader.MAX_CONTROL_PAYLOAD) {
            throw error(header.opcode + " frame with more than 125 bytes");
        }
        header.masked = masked;
        return shortLength;
    }

    private static long decodeLength(ByteBuffer in, int at, int shortLength) throws ProtocolException {
        if (shortLength < 126) {
            return shortLength;
        }
        if (shortLength == 126) {
            int length = in.getShort(at) & 0xFFFF;
            if (length < 126) {
                throw error("payload length " + length + " is not written in its shortest form");
            }
            return length;
        }
        long length = in.getLong(at);
        if (length < 0) {
            throw error("payload length with the most significant bit set");
        }
        if (length <= 0xFFFF) {
            throw error("payload length " + length + " is not written in its shortest form");
        }
        return length;
    }

    private static ProtocolException error(String message) {
        return new ProtocolException(CloseCode.PROTOCOL_ERROR, message);
    }
}
