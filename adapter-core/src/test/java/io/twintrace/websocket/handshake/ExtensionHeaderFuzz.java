package io.twintrace.websocket.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Whatever stands in Sec-WebSocket-Extensions, on one line or several: it is read as the grammar says, in linear time. */
class ExtensionHeaderFuzz {
    @FuzzTest
    void extensionHeader(byte[] header) {
        String text = new String(header, StandardCharsets.ISO_8859_1);
        List<String> lines = List.of(text.split("\r\n", -1));
        assertEquals(ReferenceHeaders.extensions(lines), ExtensionOffer.parse(lines));
        if (Arrays.hashCode(header) % 64 == 0) { // now and then, since it is slow
            LinearTime.check(text, value -> ExtensionOffer.parse(List.of(value)));
        }
    }
}
