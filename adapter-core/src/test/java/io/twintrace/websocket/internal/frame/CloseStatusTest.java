package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseCode;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 sections 5.5.1 and 7.4. */
class CloseStatusTest {
    @Test
    void emptyPayloadMeansNoStatus() throws Exception {
        assertEquals(new CloseStatus(1005, ""), ControlPayload.parseClose(new byte[0]));
    }

    @Test
    void oneByteIsHalfAStatusCode() {
        assertRefused("03", 1002, "Close frame with half a status code (close code 1002)");
    }

    @Test
    void codeAndReasonAreRead() throws Exception {
        assertEquals(new CloseStatus(1000, ""), ControlPayload.parseClose(Hex.bytes("03 E8")));
        assertEquals(new CloseStatus(1001, "Bye"), ControlPayload.parseClose(Hex.bytes("03 E9 42 79 65")));
        assertEquals(new CloseStatus(4999, "\u20AC"), ControlPayload.parseClose(Hex.bytes("13 87 E2 82 AC")));
    }

    @Test
    void everyCodeUpTo5000IsJudgedAsTheRegistrySays() throws Exception {
        for (int code = 0; code <= 5000; code++) {
            byte[] payload = {(byte) (code >>> 8), (byte) code};
            String hex = Hex.of(payload);
            if (isRegistered(code)) {
                assertEquals(new CloseStatus(code, ""), ControlPayload.parseClose(payload));
                assertEquals(hex, Hex.of(new CloseStatus(code, "").payload()));
            } else {
                assertRefused(
                        hex,
                        1002,
                        "Close frame with status code " + code + ", which may not be sent (close code 1002)");
            }
            assertEquals(isRegistered(code), CloseCode.isAllowedOnWire(code));
        }
    }

    @Test
    void highestCodesOfTwoBytesAreRefused() {
        assertRefused("80 00", 1002, "Close frame with status code 32768, which may not be sent (close code 1002)");
        assertRefused("FF FF", 1002, "Close frame with status code 65535, which may not be sent (close code 1002)");
    }

    @Test
    void ordinaryEndsAreNormalGoingAwayAndNoStatus() {
        assertTrue(CloseCode.isOrdinary(1000));
        assertTrue(CloseCode.isOrdinary(1001));
        assertTrue(CloseCode.isOrdinary(1005));
        assertFalse(CloseCode.isOrdinary(1002));
        assertFalse(CloseCode.isOrdinary(1006));
        assertFalse(CloseCode.isOrdinary(4000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"03 E8 FF", "03 E8 41 C0 80", "03 E8 ED A0 80", "03 E8 F4 90 80 80", "03 E8 80"})
    void reasonMustBeUtf8(String hex) {
        assertRefused(hex, 1007, "text is not UTF-8 (close code 1007)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"03 E8 C3", "03 E8 E2 82", "03 E8 F0 9F 98"})
    void reasonMustNotEndInsideACharacter(String hex) {
        assertRefused(hex, 1007, "text ends inside a UTF-8 character (close code 1007)");
    }

    @Test
    void badCodeIsNoticedBeforeBadReason() {
        assertRefused("03 ED FF", 1002, "Close frame with status code 1005, which may not be sent (close code 1002)");
    }

    @Test
    void noStatusIsSentAsAnEmptyPayload() {
        assertEquals("", Hex.of(new CloseStatus(1005, "").payload()));
        assertEquals("", Hex.of(new CloseStatus(1005, "not sent").payload()));
    }

    @Test
    void payloadIsCodeThenReason() {
        assertEquals("03 E9 42 79 65", Hex.of(new CloseStatus(1001, "Bye").payload()));
        assertEquals("0F A0 E2 82 AC", Hex.of(new CloseStatus(4000, "\u20AC").payload()));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 999, 1004, 1006, 1015, 2999, 5000, 65536 + 1000})
    void codeThatMayNotBeSentIsNotSent(int code) {
        CloseStatus status = new CloseStatus(code, "");
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, status::payload);
        assertEquals(
                "close code " + code + " may not be sent; use 1000 to 1003, 1007 to 1014 or 3000 to 4999",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "a, 122, 125", // one character, the ASCII before it, the bytes of the payload
        "a, 123, 125",
        "\u00E9, 121, 125",
        "\u00E9, 122, 124",
        "\u00E9, 123, 125",
        "\u20AC, 120, 125",
        "\u20AC, 121, 123",
        "\u20AC, 122, 124",
        "\uD83D\uDE00, 119, 125",
        "\uD83D\uDE00, 120, 122",
        "\uD83D\uDE00, 121, 123",
        "\uD83D\uDE00, 122, 124"
    })
    void longReasonIsCutAtTheEndOfACharacter(String character, int before, int size) throws Exception {
        String reason = "x".repeat(before) + character + "tail";
        byte[] payload = new CloseStatus(1000, reason).payload();
        assertEquals(size, payload.length);
        assertTrue(reason.startsWith(ControlPayload.parseClose(payload).reason()));
    }

    private static boolean isRegistered(int code) {
        return switch (code) {
            case 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014 -> true;
            default -> 3000 <= code && code < 5000;
        };
    }

    private static void assertRefused(String hex, int closeCode, String message) {
        ProtocolException e = assertThrows(ProtocolException.class, () -> ControlPayload.parseClose(Hex.bytes(hex)));
        assertEquals(message, e.getMessage());
        assertEquals(closeCode, e.closeCode());
    }
}
