package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Any payload of a Close frame gives a status that RFC 6455 section 7.4 allows, or the right error. */
class ClosePayloadFuzz {
    private static final int MAX = 125;

    @FuzzTest
    void closePayload(byte[] payload) {
        CloseStatus status;
        try {
            status = ControlPayload.parseClose(payload);
        } catch (ProtocolException e) {
            assertEquals(expectedError(payload), e.closeCode());
            return;
        }
        assertEquals(0, expectedError(payload));
        assertEquals(payload.length == 0 ? 1005 : code(payload), status.code());
        assertArrayEquals(reason(payload), status.reason().getBytes(StandardCharsets.UTF_8));

        byte[] again = status.payload();
        if (payload.length <= MAX) {
            assertArrayEquals(payload, again);
        } else { // longer than a Close frame can be: cut, but never inside a character
            assertTrue(again.length <= MAX && again.length > MAX - 4);
            assertArrayEquals(Arrays.copyOf(payload, again.length), again);
            assertTrue(Utf8Reference.isText(reason(again)));
        }
    }

    /** The close code to fail with, or 0. */
    private static int expectedError(byte[] payload) {
        if (payload.length == 0) {
            return 0;
        }
        if (payload.length == 1 || !isAllowed(code(payload))) {
            return 1002;
        }
        return Utf8Reference.isText(reason(payload)) ? 0 : 1007;
    }

    private static boolean isAllowed(int code) {
        boolean registered = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
        return registered || code / 1000 == 3 || code / 1000 == 4;
    }

    private static int code(byte[] payload) {
        return (payload[0] & 0xFF) * 256 + (payload[1] & 0xFF);
    }

    private static byte[] reason(byte[] payload) {
        return payload.length == 0 ? payload : Arrays.copyOfRange(payload, 2, payload.length);
    }
}
