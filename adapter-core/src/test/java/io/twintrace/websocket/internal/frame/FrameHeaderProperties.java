package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.ProtocolException;
import java.nio.ByteBuffer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class FrameHeaderProperties {
    @Property
    void whatTheClientEncodesTheServerDecodes(
            @ForAll boolean fin, @ForAll Opcode opcode, @ForAll("lengths") long length, @ForAll int key)
            throws ProtocolException {
        ByteBuffer wire = ByteBuffer.allocate(FrameHeader.MAX_BYTES);
        FrameHeaderEncoder.encodeMasked(wire, whole(fin, opcode), false, opcode, fitting(opcode, length), key);
        FrameHeader header = checkDecoded(wire.flip(), true, fin, opcode, length);
        assertEquals(key, header.maskKey());
    }

    @Property
    void whatTheServerEncodesTheClientDecodes(
            @ForAll boolean fin, @ForAll Opcode opcode, @ForAll("lengths") long length) throws ProtocolException {
        ByteBuffer wire = ByteBuffer.allocate(FrameHeaderEncoder.MAX_BYTES);
        FrameHeaderEncoder.encode(wire, whole(fin, opcode), false, opcode, fitting(opcode, length));
        assertEquals(FrameHeaderEncoder.size(fitting(opcode, length)), wire.position());
        checkDecoded(wire.flip(), false, fin, opcode, length);
    }

    @Property
    void aHeaderThatIsCutShortIsLeftWhereItIs(
            @ForAll Opcode opcode, @ForAll("lengths") long length, @ForAll @IntRange(min = 1, max = 14) int missing)
            throws ProtocolException {
        ByteBuffer wire = ByteBuffer.allocate(FrameHeader.MAX_BYTES);
        FrameHeaderEncoder.encodeMasked(wire, true, false, opcode, fitting(opcode, length), -1);
        wire.flip().limit(Math.max(0, wire.limit() - missing));
        assertFalse(new FrameHeaderDecoder(true, false).decode(wire, new FrameHeader()));
        assertEquals(0, wire.position());
    }

    private static FrameHeader checkDecoded(ByteBuffer wire, boolean masked, boolean fin, Opcode opcode, long length)
            throws ProtocolException {
        FrameHeader header = new FrameHeader();
        assertTrue(new FrameHeaderDecoder(masked, false).decode(wire, header));
        assertFalse(wire.hasRemaining());
        assertEquals(whole(fin, opcode), header.fin());
        assertFalse(header.rsv1());
        assertEquals(opcode, header.opcode());
        assertEquals(masked, header.masked());
        assertEquals(fitting(opcode, length), header.payloadLength());
        return header;
    }

    /** Control frames are not fragmented, and short. */
    private static boolean whole(boolean fin, Opcode opcode) {
        return fin || opcode.isControl();
    }

    private static long fitting(Opcode opcode, long length) {
        return opcode.isControl() ? length % 126 : length;
    }

    @Provide
    Arbitrary<Long> lengths() {
        return Arbitraries.oneOf(
                Arbitraries.of(0L, 125L, 126L, 127L, 65535L, 65536L, 1L << 31, 1L << 32, Long.MAX_VALUE),
                Arbitraries.longs().between(0, 70_000),
                Arbitraries.longs().greaterOrEqual(0));
    }
}
