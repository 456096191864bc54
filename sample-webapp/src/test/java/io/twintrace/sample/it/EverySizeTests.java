package io.twintrace.sample.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.twintrace.websocket.testkit.JdkClient;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages of every size at which something changes come back to clients that share no line with this library: text and
 * binary, whole, in fragments where the client can, and many at once. With compression, the client checks that it was
 * agreed on, and sends both compressible and incompressible messages.
 */
interface EverySizeTests extends OnServer {
    int HUGE = 2 << 20; // whole only

    /** The client knows no compression. */
    @ParameterizedTest
    @ValueSource(strings = {"/echo", "/echo/deflate"})
    default void fromTheJdksClient(String path) throws Exception {
        try (JdkClient client = JdkClient.open(server().ws(path))) {
            for (int size : Offer.NONE.sizes()) {
                try {
                    binaryThereAndBack(client, size);
                    textThereAndBack(client, size);
                } catch (IOException e) {
                    throw new AssertionError("with " + size + " bytes", e);
                }
            }
            assertEquals(1000, client.close(1000));
        }
    }

    @ParameterizedTest
    @EnumSource
    default void fromNodesWs(Offer offer) throws Exception {
        String ws = System.getProperty("node.ws");
        ForeignProgram.NODE.run("/every_size_ws.js", ws, url(offer), sizes(offer), offer.header(), offer.answer());
    }

    @ParameterizedTest
    @EnumSource
    default void fromPythonsWebsockets(Offer offer) throws Exception {
        ForeignProgram.PYTHON.run("/every_size.py", url(offer), sizes(offer), offer.header(), offer.answer());
    }

    /** The client always makes the same offer, and chooses how to fragment large messages. */
    @Test
    default void fromChromium() throws Exception {
        try (Browser browser = Browser.ifInstalled()) {
            browser.driver().get(server().http("/").toString()); // any page of the server, for the origin
            for (Offer offer : List.of(Offer.NONE, Offer.DEFAULT)) {
                assertEquals(
                        "as expected",
                        browser.run("/every_size.js", """
                        everySize(new WebSocket(arguments[0]), arguments[1], arguments[2])
                            .then(() => "as expected", (error) => error.stack)
                            .then(arguments[arguments.length - 1]);
                        """, url(offer), offer.answer(), offer.sizes()),
                        offer::name);
            }
            assertEquals(List.of(), browser.complaints());
        }
    }

    private String url(Offer offer) {
        return server().ws(offer.path()).toString();
    }

    private static String sizes(Offer offer) {
        return IntStream.of(offer.sizes()).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    private static void binaryThereAndBack(JdkClient client, int size) throws Exception {
        byte[] message = Payloads.binary(size);
        client.send(message);
        assertArrayEquals(message, client.receiveBytes());
        if (size < HUGE) {
            int cut = size / 3;
            client.sendFragments(Arrays.copyOf(message, cut), new byte[0], Arrays.copyOfRange(message, cut, size));
            assertArrayEquals(message, client.receiveBytes());
        }
    }

    private static void textThereAndBack(JdkClient client, int size) throws Exception {
        String message = Payloads.text(size);
        client.send(message);
        assertEquals(message, client.receive());
        if (size < HUGE) {
            int cut = message.offsetByCodePoints(0, message.codePointCount(0, message.length()) / 3);
            client.sendFragments(message.substring(0, cut), "", message.substring(cut));
            assertEquals(message, client.receive());
        }
    }
}
