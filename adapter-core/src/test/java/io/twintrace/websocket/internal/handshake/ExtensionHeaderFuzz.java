package io.twintrace.websocket.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Any content of Sec-WebSocket-Extensions, on one line or several, is read as the grammar says, in linear time, and the
 * first offer of permessage-deflate that RFC 7692 allows is answered.
 */
class ExtensionHeaderFuzz {
    private static final Handshake WITH_TAKEOVER = new Handshake(OriginPolicy.any(), List.of(), DeflateOptions.on());
    private static final Handshake WITHOUT_TAKEOVER =
            new Handshake(OriginPolicy.any(), List.of(), DeflateOptions.on().withContextTakeover(false));

    private static final Set<String> FLAGS = Set.of("server_no_context_takeover", "client_no_context_takeover");
    private static final Set<String> WINDOWS = Set.of("server_max_window_bits", "client_max_window_bits");

    @FuzzTest
    void extensionHeader(byte[] header) {
        String text = new String(header, StandardCharsets.ISO_8859_1);
        List<String> lines = List.of(text.split("\r\n", -1));
        List<ExtensionOffer> offers = ReferenceHeaders.extensions(lines);
        assertEquals(offers, ExtensionOffer.parse(lines));
        if (offers != null) {
            assertEquals(answer(offers, true), answer(WITH_TAKEOVER, lines));
            assertEquals(answer(offers, false), answer(WITHOUT_TAKEOVER, lines));
        }
        if (Arrays.hashCode(header) % 64 == 0) { // only sometimes, since it is slow
            LinearTime.check(text, value -> ExtensionOffer.parse(List.of(value)));
        }
    }

    private static String answer(Handshake handshake, List<String> lines) {
        Map<String, List<String>> headers = Map.of(
                "Connection", List.of("Upgrade"),
                "Upgrade", List.of("websocket"),
                "Sec-WebSocket-Version", List.of("13"),
                "Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ=="),
                "Sec-WebSocket-Extensions", lines);
        HandshakeRequest request = new HandshakeRequest("GET", "HTTP/1.1", "/", null, null, headers);
        Accepted accepted = assertInstanceOf(Accepted.class, handshake.answer(request));
        return accepted.headers().get("Sec-WebSocket-Extensions");
    }

    /** RFC 7692 section 7.1; null if no offer can be accepted. */
    private static String answer(List<ExtensionOffer> offers, boolean takeover) {
        for (ExtensionOffer offer : offers) {
            Map<String, Optional<String>> parameters = offer.parameters();
            if (offer.name().equals("permessage-deflate")
                    && !offer.ambiguous()
                    && parameters.entrySet().stream().allMatch(ExtensionHeaderFuzz::isValid)) {
                return "permessage-deflate"
                        + flag("server_no_context_takeover", parameters, takeover)
                        + flag("client_no_context_takeover", parameters, takeover)
                        + bits("server_max_window_bits", parameters)
                        + bits("client_max_window_bits", parameters);
            }
        }
        return null;
    }

    private static boolean isValid(Map.Entry<String, Optional<String>> parameter) {
        Optional<String> value = parameter.getValue();
        if (FLAGS.contains(parameter.getKey())) {
            return value.isEmpty();
        }
        boolean mayLackValue = parameter.getKey().equals("client_max_window_bits");
        return WINDOWS.contains(parameter.getKey())
                && value.map(bits -> bits.matches("[89]|1[0-5]")).orElse(mayLackValue);
    }

    private static String flag(String name, Map<String, Optional<String>> parameters, boolean takeover) {
        return parameters.containsKey(name) || !takeover ? "; " + name : "";
    }

    private static String bits(String name, Map<String, Optional<String>> parameters) {
        return parameters
                .getOrDefault(name, Optional.empty())
                .map(bits -> "; " + name + "=" + bits)
                .orElse("");
    }
}
