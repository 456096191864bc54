package io.twintrace.websocket.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twintrace.websocket.CloseStatus;
import io.twintrace.websocket.MessageView;
import io.twintrace.websocket.WebSocketConnection;
import io.twintrace.websocket.WebSocketListener;
import io.twintrace.websocket.WebSocketOptions;
import io.twintrace.websocket.testkit.Await;
import io.twintrace.websocket.testkit.RawClient;
import java.time.Duration;
import java.util.Collection;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The log has every exception of a listener once, with the connection and the stack. */
class ListenerErrorTest {
    private final WebSocketOptions options =
            WebSocketOptions.builder().closeTimeout(Duration.ofMillis(500)).build();

    private enum Place {
        OPEN,
        MESSAGE,
        PING,
        CLOSE
    }

    static Stream<Arguments> placesAndErrors() {
        Supplier<Throwable> memory = () -> new OutOfMemoryError("thrown on purpose");
        Supplier<Throwable> depth = () -> new StackOverflowError("thrown on purpose");
        Supplier<Throwable> linkage = () -> new NoClassDefFoundError("thrown on purpose");
        Supplier<Throwable> mistake = () -> new IllegalStateException("thrown on purpose");
        return Stream.of(true, false)
                .flatMap(nonBlocking -> Stream.of(Place.values())
                        .flatMap(place -> Stream.of(memory, depth, linkage, mistake)
                                .map(error -> Arguments.of(nonBlocking, place, error))));
    }

    @ParameterizedTest
    @MethodSource("placesAndErrors")
    void anErrorIsInTheLogWithItsStack(boolean nonBlocking, Place place, Supplier<Throwable> error) throws Exception {
        try (TestServer server = TestServer.serving(new Throwing(nonBlocking, place, error), options);
                RawClient client = server.rawClient()) {
            client.send(RawClient.frame(RawClient.PING, new byte[0]), RawClient.text("hello"), RawClient.close(1000));
            client.readToClose();
            client.shutdownOutput();
            server.log().await("thrown on purpose");
            Await.until("no endpoint", () -> server.connector().getConnectedEndPoints(), Collection::isEmpty);
            String log = server.log().text();
            assertTrue(log.contains("WebSocket connection") && log.contains("(/ws)"), log);
            assertTrue(log.contains("at " + Throwing.class.getName() + ".fail"), log);
            String thrown = error.get().toString();
            assertEquals(log.indexOf(thrown), log.lastIndexOf(thrown), log);
        }
    }

    private static final class Throwing implements WebSocketListener {
        private final boolean nonBlocking;
        private final Place failing;
        private final Supplier<Throwable> error;

        Throwing(boolean nonBlocking, Place failing, Supplier<Throwable> error) {
            this.nonBlocking = nonBlocking;
            this.failing = failing;
            this.error = error;
        }

        @Override
        public boolean isNonBlocking() {
            return nonBlocking;
        }

        @Override
        public void onOpen(WebSocketConnection connection) {
            connection.setPingHandler(payload -> at(Place.PING));
            at(Place.OPEN);
        }

        @Override
        public void onMessage(WebSocketConnection connection, MessageView message) {
            at(Place.MESSAGE);
        }

        @Override
        public void onClose(WebSocketConnection connection, CloseStatus status) {
            at(Place.CLOSE);
        }

        private void at(Place place) {
            if (place == failing) {
                fail();
            }
        }

        private void fail() {
            Throwable thrown = error.get();
            thrown.fillInStackTrace();
            if (thrown instanceof Error e) {
                throw e;
            }
            throw (RuntimeException) thrown;
        }
    }
}
