package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.ProtocolException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 section 5.2, from both ends of the connection. */
class FrameHeaderDecoderTest {
    private final FrameHeaderDecoder server = new FrameHeaderDecoder(true, false);
    private final FrameHeaderDecoder client = new FrameHeaderDecoder(false, false);
    private final FrameHeaderDecoder deflatingClient = new FrameHeaderDecoder(false, true);
    private final FrameHeader header = new FrameHeader();

    @ParameterizedTest
    @CsvSource({
        "80 00, CONTINUATION, false",
        "81 00, TEXT, false",
        "82 00, BINARY, false",
        "88 00, CLOSE, true",
        "89 00, PING, true",
        "8A 00, PONG, true"
    })
    void sixOpcodesAreKnown(String hex, Opcode opcode, boolean control) throws Exception {
        assertTrue(client.decode(Hex.buffer(hex), header));
        assertEquals(opcode, header.opcode());
        assertEquals(control, header.opcode().isControl());
        assertTrue(header.fin());
        assertFalse(header.rsv1());
        assertFalse(header.masked());
        assertEquals(0, header.payloadLength());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF})
    void reservedOpcodeIsRefusedAtTheFirstByte(int code) {
        String message = "reserved opcode 0x" + Integer.toHexString(code) + " (close code 1002)";
        assertRefused(client, String.format("%02X", 0x80 | code), message);
        assertRefused(server, String.format("%02X", code), message);
    }

    @ParameterizedTest
    @CsvSource({"7F FF FF FF FF FF FF FF", "00 00 00 00 80 00 00 00", "00 00 01 00 00 00 00 00"})
    void reservedOpcodeIsRefusedWhateverLengthItDeclares(String length) {
        assertRefused(client, "83 7F " + length, "reserved opcode 0x3 (close code 1002)");
        assertRefused(client, "8B 7F " + length, "reserved opcode 0xb (close code 1002)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "02", "00"})
    void dataFrameMayBeAFragment(String first) throws Exception {
        assertTrue(client.decode(Hex.buffer(first + " 00"), header));
        assertFalse(header.fin());
    }

    @ParameterizedTest
    @CsvSource({"08, CLOSE", "09, PING", "0A, PONG"})
    void controlFrameMayNotBeAFragment(String hex, String name) {
        assertRefused(client, hex, "fragmented " + name + " frame (close code 1002)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C0", "C1", "C2", "C8", "C9", "CA"})
    void reservedFlag1IsUnsupportedWithoutAnExtension(String hex) {
        assertRefused(client, hex, "reserved bit RSV1 is set, but no extension was negotiated (close code 1002)");
    }

    @ParameterizedTest
    @CsvSource({"C1, TEXT, true", "C2, BINARY, true", "41, TEXT, false", "42, BINARY, false"})
    void reservedFlag1MarksACompressedMessage(String hex, Opcode opcode, boolean fin) throws Exception {
        assertTrue(deflatingClient.decode(Hex.buffer(hex + " 00"), header));
        assertTrue(header.rsv1());
        assertEquals(opcode, header.opcode());
        assertEquals(fin, header.fin());
    }

    @ParameterizedTest
    @CsvSource({"C8, CLOSE", "C9, PING", "CA, PONG"})
    void reservedFlag1IsUnsupportedForControlFrames(String hex, String name) {
        assertRefused(deflatingClient, hex, "reserved bit RSV1 is set on a " + name + " frame (close code 1002)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"C0", "40"})
    void reservedFlag1IsUnsupportedForContinuations(String hex) {
        assertRefused(deflatingClient, hex, "reserved bit RSV1 is set on a CONTINUATION frame (close code 1002)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"A0", "A1", "A2", "A8", "A9", "AA", "90", "91", "92", "98", "99", "9A", "B1", "F1", "E1"})
    void reservedFlags2And3AreUnsupported(String hex) {
        String message = "reserved bit RSV2 or RSV3 is set (close code 1002)";
        assertRefused(client, hex, message);
        assertRefused(deflatingClient, hex, message);
    }

    @Test
    void serverRefusesAFrameWithoutMask() {
        assertRefused(server, "81 05", "frame from the client is not masked (close code 1002)");
        assertRefused(server, "88 00", "frame from the client is not masked (close code 1002)");
    }

    @Test
    void clientRefusesAFrameWithMask() {
        assertRefused(client, "81 85", "frame from the server is masked (close code 1002)");
        assertRefused(client, "8A 80", "frame from the server is masked (close code 1002)");
    }

    @Test
    void maskKeyHasItsFirstByteHighest() throws Exception {
        assertTrue(server.decode(Hex.buffer("81 85 37 FA 21 3D"), header));
        assertTrue(header.masked());
        assertEquals(0x37FA213D, header.maskKey());
        assertEquals(5, header.payloadLength());
    }

    @ParameterizedTest
    @CsvSource({
        "82 00, 0",
        "82 01, 1",
        "82 7D, 125",
        "82 7E 00 7E, 126",
        "82 7E 00 7F, 127",
        "82 7E 7F FF, 32767",
        "82 7E 80 00, 32768",
        "82 7E FF FF, 65535",
        "82 7F 00 00 00 00 00 01 00 00, 65536",
        "82 7F 00 00 00 00 80 00 00 00, 2147483648",
        "82 7F 00 00 01 00 00 00 00 00, 1099511627776",
        "82 7F 7F FF FF FF FF FF FF FF, 9223372036854775807"
    })
    void lengthHasThreeForms(String hex, long length) throws Exception {
        ByteBuffer in = Hex.buffer(hex);
        assertTrue(client.decode(in, header));
        assertEquals(length, header.payloadLength());
        assertEquals(0, in.remaining());
    }

    @ParameterizedTest
    @CsvSource({
        "82 80 01 02 03 04, 0",
        "82 FD 01 02 03 04, 125",
        "82 FE 00 7E 01 02 03 04, 126",
        "82 FE FF FF 01 02 03 04, 65535",
        "82 FF 00 00 00 00 00 01 00 00 01 02 03 04, 65536"
    })
    void maskKeyStandsBehindTheLength(String hex, long length) throws Exception {
        ByteBuffer in = Hex.buffer(hex);
        assertTrue(server.decode(in, header));
        assertEquals(length, header.payloadLength());
        assertEquals(0x01020304, header.maskKey());
        assertEquals(0, in.remaining());
    }

    @ParameterizedTest
    @CsvSource({
        "82 7E 00 00, 0",
        "82 7E 00 7D, 125",
        "82 7F 00 00 00 00 00 00 00 00, 0",
        "82 7F 00 00 00 00 00 00 00 7D, 125",
        "82 7F 00 00 00 00 00 00 FF FF, 65535"
    })
    void lengthMustBeInItsShortestForm(String hex, long length) {
        assertRefused(
                client, hex, "payload length " + length + " is not written in its shortest form (close code 1002)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"82 FF 80 00 00 00 00 00 00 00", "82 FF FF FF FF FF FF FF FF FF"})
    void lengthWithTheTopBitSetIsRefusedBeforeTheMaskIsThere(String hex) {
        assertRefused(server, hex, "payload length with the most significant bit set (close code 1002)");
    }

    @ParameterizedTest
    @CsvSource({"88 7E, CLOSE", "89 7E, PING", "8A 7E, PONG", "88 7F, CLOSE", "89 7F, PING", "8A 7F, PONG"})
    void controlFrameMayNotPass125Bytes(String hex, String name) {
        assertRefused(client, hex, name + " frame with more than 125 bytes (close code 1002)");
    }

    @Test
    void controlFrameMayHave125Bytes() throws Exception {
        assertTrue(client.decode(Hex.buffer("89 7D"), header));
        assertEquals(125, header.payloadLength());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "82 80 37 FA 21 3D",
                "01 FE 01 00 37 FA 21 3D",
                "80 FF 00 00 00 00 00 01 00 00 37 FA 21 3D",
                "89 FD 37 FA 21 3D"
            })
    void headerThatArrivesByteByByteLeavesThePositionUntilItIsWhole(String hex) throws Exception {
        byte[] whole = Hex.bytes("00 00 00 " + hex + " EE EE");
        int start = 3;
        int end = whole.length - 2;
        for (int limit = start; limit < end; limit++) {
            ByteBuffer part = ByteBuffer.wrap(whole, start, limit - start);
            assertFalse(server.decode(part, header), "whole with " + (limit - start) + " bytes");
            assertEquals(start, part.position());
        }
        ByteBuffer all = ByteBuffer.wrap(whole, start, whole.length - start);
        assertTrue(server.decode(all, header));
        assertEquals(end, all.position());
        assertEquals(0x37FA213D, header.maskKey());
    }

    @Test
    void unmaskedHeaderByteByByteLeavesThePositionUntilItIsWhole() throws Exception {
        byte[] whole = Hex.bytes("82 7F 00 00 00 00 00 01 00 00");
        for (int available = 0; available < whole.length; available++) {
            ByteBuffer part = ByteBuffer.wrap(whole, 0, available);
            assertFalse(client.decode(part, header));
            assertEquals(0, part.position());
        }
        assertTrue(client.decode(ByteBuffer.wrap(whole), header));
        assertEquals(65536, header.payloadLength());
    }

    @Test
    void headerIsFilledAnewForEachFrame() throws Exception {
        FrameHeaderDecoder deflatingServer = new FrameHeaderDecoder(true, true);
        ByteBuffer in = Hex.buffer("41 FE 01 00 01 02 03 04 80 80 05 06 07 08");
        assertTrue(deflatingServer.decode(in, header));
        assertTrue(deflatingServer.decode(in, header));
        assertEquals(Opcode.CONTINUATION, header.opcode());
        assertTrue(header.fin());
        assertFalse(header.rsv1());
        assertEquals(0, header.payloadLength());
        assertEquals(0x05060708, header.maskKey());
    }

    private static void assertRefused(FrameHeaderDecoder decoder, String hex, String message) {
        ByteBuffer in = Hex.buffer(hex);
        ProtocolException e = assertThrows(ProtocolException.class, () -> decoder.decode(in, new FrameHeader()));
        assertEquals(message, e.getMessage());
        assertEquals(CloseCode.PROTOCOL_ERROR, e.closeCode());
        assertEquals(0, in.position());
    }
}
