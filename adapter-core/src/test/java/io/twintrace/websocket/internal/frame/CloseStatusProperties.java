package io.twintrace.websocket.internal.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.ProtocolException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class CloseStatusProperties {
    @Property
    void whatIsEncodedIsDecodedCutOnlyWhereItIsTooLong(@ForAll("codes") int code, @ForAll("reasons") String reason)
            throws ProtocolException {
        byte[] payload = new CloseStatus(code, reason).payload();
        CloseStatus decoded = ControlPayload.parseClose(payload);

        assertTrue(payload.length <= 125);
        assertEquals(code, decoded.code());
        int cut = Texts.utf8(reason).length - Texts.utf8(decoded.reason()).length;
        assertTrue(reason.startsWith(decoded.reason()));
        assertTrue(cut == 0 || payload.length > 125 - 4, "as much as fits, up to the end of a character");
    }

    @Provide
    Arbitrary<Integer> codes() {
        return Arbitraries.oneOf(
                Arbitraries.of(1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014),
                Arbitraries.integers().between(3000, 4999));
    }

    @Provide
    Arbitrary<String> reasons() {
        return Texts.texts(130);
    }
}
