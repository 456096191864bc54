package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameHeaderEncoderTest {
    private final ByteBuffer out = ByteBuffer.allocate(FrameHeader.MAX_BYTES);

    @ParameterizedTest
    @CsvSource({
        "true, false, CONTINUATION, 80 00",
        "false, false, CONTINUATION, 00 00",
        "true, false, TEXT, 81 00",
        "false, false, TEXT, 01 00",
        "true, true, TEXT, C1 00",
        "false, true, BINARY, 42 00",
        "true, false, BINARY, 82 00",
        "true, false, CLOSE, 88 00",
        "true, false, PING, 89 00",
        "true, false, PONG, 8A 00"
    })
    void firstByteHoldsFinFlagAndOpcode(boolean fin, boolean rsv1, Opcode opcode, String hex) {
        FrameHeaderEncoder.encode(out, fin, rsv1, opcode, 0);
        assertEquals(hex, Hex.written(out));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 82 00",
        "125, 82 7D",
        "126, 82 7E 00 7E",
        "127, 82 7E 00 7F",
        "65535, 82 7E FF FF",
        "65536, 82 7F 00 00 00 00 00 01 00 00",
        "2147483648, 82 7F 00 00 00 00 80 00 00 00",
        "9223372036854775807, 82 7F 7F FF FF FF FF FF FF FF"
    })
    void lengthIsInItsShortestForm(long length, String hex) {
        FrameHeaderEncoder.encode(out, true, false, Opcode.BINARY, length);
        assertEquals(hex, Hex.written(out));
        assertEquals(out.position(), FrameHeaderEncoder.size(length));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 81 80 37 FA 21 3D",
        "125, 81 FD 37 FA 21 3D",
        "126, 81 FE 00 7E 37 FA 21 3D",
        "65535, 81 FE FF FF 37 FA 21 3D",
        "65536, 81 FF 00 00 00 00 00 01 00 00 37 FA 21 3D"
    })
    void maskedHeaderEndsWithTheKey(long length, String hex) {
        FrameHeaderEncoder.encodeMasked(out, true, false, Opcode.TEXT, length, 0x37FA213D);
        assertEquals(hex, Hex.written(out));
    }

    @Test
    void decoderReadsBackWhatTheEncoderWrote() throws Exception {
        FrameHeaderDecoder server = new FrameHeaderDecoder(true, true);
        FrameHeader header = new FrameHeader();
        for (Opcode opcode : Opcode.values()) {
            for (long length : new long[] {0, 1, 125, 126, 65535, 65536, 1L << 40, Long.MAX_VALUE}) {
                if (opcode.isControl() && length > FrameHeader.MAX_CONTROL_PAYLOAD) {
                    continue;
                }
                boolean rsv1 = opcode == Opcode.TEXT;
                out.clear();
                FrameHeaderEncoder.encodeMasked(out, true, rsv1, opcode, length, 0xDEADBEEF);
                assertTrue(server.decode(out.flip(), header));
                assertEquals(0, out.remaining());
                assertEquals(opcode, header.opcode());
                assertEquals(length, header.payloadLength());
                assertEquals(rsv1, header.rsv1());
                assertEquals(0xDEADBEEF, header.maskKey());
            }
        }
    }
}
