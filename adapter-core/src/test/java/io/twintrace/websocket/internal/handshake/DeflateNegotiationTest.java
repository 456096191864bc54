package io.twintrace.websocket.internal.handshake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.handshake.DeflateOptions;
import io.twintrace.websocket.handshake.DeflateParameters;
import io.twintrace.websocket.handshake.HandshakeRequest;
import io.twintrace.websocket.handshake.HandshakeResult.Accepted;
import io.twintrace.websocket.handshake.OriginPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers to offers of permessage-deflate (RFC 7692 sections 5 and 7.1). */
class DeflateNegotiationTest {
    /** The answer's Sec-WebSocket-Extensions header, or null. */
    private static String answer(DeflateOptions options, String... lines) {
        HandshakeRequest request = new HandshakeRequest(
                "GET",
                "HTTP/1.1",
                "/chat",
                null,
                null,
                Map.of(
                        "Connection", List.of("Upgrade"),
                        "Upgrade", List.of("websocket"),
                        "Sec-WebSocket-Version", List.of("13"),
                        "Sec-WebSocket-Key", List.of("dGhlIHNhbXBsZSBub25jZQ=="),
                        "Sec-WebSocket-Extensions", List.of(lines)));
        Accepted accepted = (Accepted) new Handshake(OriginPolicy.any(), List.of(), options).answer(request);
        String header = accepted.headers().get("Sec-WebSocket-Extensions");
        assertEquals(header, accepted.deflate().map(DeflateParameters::toString).orElse(null));
        return header;
    }

    @ParameterizedTest
    @CsvSource({
        "permessage-deflate, permessage-deflate",
        "permessage-deflate; client_max_window_bits, permessage-deflate",
        "permessage-deflate; client_max_window_bits=8, permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; client_max_window_bits=11, permessage-deflate; client_max_window_bits=11",
        "permessage-deflate; client_max_window_bits=15, permessage-deflate; client_max_window_bits=15",
        "permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=9, permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=15, permessage-deflate; server_max_window_bits=15",
        "permessage-deflate; server_no_context_takeover, permessage-deflate; server_no_context_takeover",
        "permessage-deflate; client_no_context_takeover, permessage-deflate; client_no_context_takeover",
        "permessage-deflate;server_max_window_bits=\"10\", permessage-deflate; server_max_window_bits=10"
    })
    void anOfferIsAnsweredWithWhatItAsksFor(String offer, String expected) {
        assertEquals(expected, answer(DeflateOptions.on(), offer));
    }

    @ParameterizedTest
    @CsvSource({
        "permessage-deflate, permessage-deflate",
        "permessage-deflate; client_max_window_bits, permessage-deflate; client_max_window_bits=12",
        "permessage-deflate; client_max_window_bits=15, permessage-deflate; client_max_window_bits=12",
        "permessage-deflate; client_max_window_bits=12, permessage-deflate; client_max_window_bits=12",
        "permessage-deflate; client_max_window_bits=11, permessage-deflate; client_max_window_bits=11"
    })
    void aServerMayChooseASmallerWindowForAClientThatLetsIt(String offer, String expected) {
        assertEquals(expected, answer(DeflateOptions.on().withClientWindow(4096), offer));
    }

    /** The server keeps no history of such a client, whatever its window. */
    @ParameterizedTest
    @CsvSource({"client_max_window_bits, ''", "client_max_window_bits=15, ; client_max_window_bits=15"})
    void aClientThatCompressesEachMessageByItselfKeepsItsWindow(String window, String expected) {
        String alone = "permessage-deflate; client_no_context_takeover";
        assertEquals(alone + expected, answer(DeflateOptions.on().withClientWindow(4096), alone + "; " + window));
    }

    @ParameterizedTest
    @ValueSource(ints = {-256, 0, 128, 257, 65536})
    void aWindowIsAPowerOfTwoInTheRangeOfTheRfc(int bytes) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> DeflateOptions.on().withClientWindow(bytes));
        assertEquals("clientWindow is " + bytes + ", but must be a power of two from 256 to 32768", e.getMessage());
    }

    @Test
    void allParametersTogetherAreAnswered() {
        assertEquals(
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover;"
                        + " server_max_window_bits=12; client_max_window_bits=11",
                answer(
                        DeflateOptions.on(),
                        "permessage-deflate; client_max_window_bits=11; client_no_context_takeover;"
                                + " server_max_window_bits=12; server_no_context_takeover"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate; unknown",
                "permessage-deflate; server_no_context_takeover=1",
                "permessage-deflate; client_no_context_takeover=true",
                "permessage-deflate; server_max_window_bits",
                "permessage-deflate; server_max_window_bits=7",
                "permessage-deflate; server_max_window_bits=16",
                "permessage-deflate; server_max_window_bits=08",
                "permessage-deflate; server_max_window_bits=+9",
                "permessage-deflate; server_max_window_bits=99999999999999999999",
                "permessage-deflate; client_max_window_bits=7",
                "permessage-deflate; client_max_window_bits=16",
                "permessage-deflate; client_max_window_bits=x",
                "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
                "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
                "PERMESSAGE-DEFLATE",
                "x-webkit-deflate-frame",
                "permessage-bzip2"
            })
    void anOfferThatCannotBeKeptIsDeclined(String offer) {
        assertEquals(null, answer(DeflateOptions.on(), offer));
    }

    @Test
    void theFirstOfferThatCanBeKeptWins() {
        String first = "permessage-deflate; server_max_window_bits=16";
        String second = "permessage-deflate; server_max_window_bits=10";
        String third = "permessage-deflate";
        assertEquals(second, answer(DeflateOptions.on(), first + ", x-other; a=b, " + second + ", " + third));
        assertEquals(second, answer(DeflateOptions.on(), first, second, third));
        assertEquals(third, answer(DeflateOptions.on(), third + "," + second));
    }

    @Test
    void aServerMayRefuseContextTakeoverInBothDirections() {
        assertEquals(
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                answer(DeflateOptions.on().withContextTakeover(false), "permessage-deflate"));
    }

    @Test
    void nothingIsAcceptedUnlessItWasTurnedOn() {
        assertEquals(null, answer(DeflateOptions.off(), "permessage-deflate"));
    }

    @Test
    void nothingIsAnsweredToNoOffer() {
        assertEquals(null, answer(DeflateOptions.on()));
        assertEquals(null, answer(DeflateOptions.on(), ""));
    }

    @Test
    void whoeverMakesUpAnAgreementIsToldOfAWindowThatDoesNotExist() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new DeflateParameters(false, false, OptionalInt.of(7), OptionalInt.empty()));
        assertEquals("server_max_window_bits is 7, but must be 8 to 15", e.getMessage());
    }

    @Test
    void windowsAreOfBytes() {
        DeflateParameters parameters = DeflateParameters.answer(
                        Map.of("server_max_window_bits", Optional.of("8")), DeflateOptions.on())
                .orElseThrow();
        assertEquals(256, parameters.serverWindow());
        assertEquals(32768, parameters.clientWindow());
    }
}
